import { parseScenario } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import { Random } from '../verify/random.ts';
import { isScenarioText, liveScenario, parseScenarioText, scenarioText } from './live-scenario.ts';

const TEXT = `# two of them
scenario first
mmap 0 16 rw anon   # memory
w 0 16

scenario second
end
`;

function complaint(text: string): string {
  try {
    parseScenarioText(text, 'x.txt');
  } catch (error) {
    if (error instanceof PtelabInputError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('scenario text', () => {
  it('is read without comments and empty lines, and written again', () => {
    const scenarios = parseScenarioText(TEXT, 'x.txt');
    expect(scenarios).toEqual([
      { name: 'first', lines: ['mmap 0 16 rw anon', 'w 0 16'] },
      { name: 'second', lines: [] },
    ]);
    expect(parseScenarioText(scenarios.map(scenarioText).join(''), 'x.txt')).toEqual(scenarios);
  });

  it('is told from YAML', () => {
    expect(isScenarioText(TEXT)).toBe(true);
    expect(isScenarioText('name: x\nsteps: []\n')).toBe(false);
    expect(isScenarioText('')).toBe(false);
  });

  it.each([
    ['', 'x.txt: expected "scenario NAME", found nothing'],
    ['w 0 1', 'x.txt:1: expected "scenario NAME" first, found "w 0 1"'],
    ['scenario a\nfoo 1', /^x\.txt:2: expected a verb \(.*\), found "foo"$/],
    ['scenario a\nw 0 -1', 'x.txt:2: expected number of pages (a number), found "-1"'],
    [
      'scenario a\npin 0 1',
      'x.txt:2: expected an operation that a process can carry out, found pin',
    ],
    [
      'scenario a\nsysw /proc/sys/kernel/panic 1',
      'x.txt:2: expected an operation that a process can carry out, found sysw',
    ],
    [
      'scenario a\nfile f /shm0/../etc/x 1',
      'x.txt:2: expected a file right below /mnt, /shm0, /shm1 or /shmw, found "/shm0/../etc/x"',
    ],
    ['scenario a\nuffd sync resolve', 'x.txt:2: expected uffd without a monitor, found resolve'],
    ['scenario a\nchild k x', 'x.txt:2: expected a child that lives, found k'],
    [`scenario a\n${'w'.repeat(2000)}`, 'x.txt:2: expected a line up to 1000 bytes, found 2000'],
    ['\n'.repeat(100_001), /^x\.txt: expected up to 100000 lines, found 100002$/],
    ['scenario a\nmmap 0 999999999999 rw anon', /^x\.txt:2: expected at \+ pages up to /],
  ])('%j is refused', (text, message) => {
    if (typeof message === 'string') expect(complaint(text)).toBe(message);
    else expect(complaint(text)).toMatch(message);
  });

  it('junk never ends in anything but a complaint', () => {
    const random = new Random(1);
    const pieces = [
      'scenario ',
      'mmap 0 ',
      '\n',
      '0x',
      '-',
      '9'.repeat(40),
      '\u0000',
      'é',
      ' w ',
      '#',
    ];
    for (let i = 0; i < 500; i++) {
      const [first = '', ...rest] = pieces;
      const text = Array.from({ length: random.below(30) }, () => random.pick([first, ...rest]));
      expect(complaint(text.join(''))).toMatch(/^no error$|^x\.txt/);
    }
  });
});

it('a YAML scenario keeps its operations; what no kernel can do is refused', () => {
  const yaml = 'name: a_b\nsteps:\n  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }\n';
  expect(liveScenario(parseScenario(yaml, 'x.yaml'), 'x.yaml')).toEqual({
    name: 'a_b',
    lines: ['mmap 0 4 rw anon'],
  });
  const pins = parseScenario(`${yaml}  - pin: { at: 0, pages: 1 }\n`, 'x.yaml');
  expect(() => liveScenario(pins, 'x.yaml')).toThrow(/^x\.yaml:4: expected an operation that/);
});
