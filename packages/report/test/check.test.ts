import { expect, it } from 'vitest';
import {
  renderCheck,
  renderMutants,
  type CheckVerdict,
  type CounterExample,
  type MutantsVerdict,
} from '../src/index.ts';

const machine = { arch: 'arm64', kernel: '7.3' } as const;
const held: CheckVerdict = {
  strategy: 'merged',
  machines: [machine, { arch: 'x86-64', kernel: '7.3' }],
  scope: ['scope tiny', '1 entry: every kind of entry', 'each with every setting'],
  unit: 'state',
  states: 1_234_567,
  exhaustive: true,
  counterExample: null,
  remarks: [
    {
      invariant: 'upgrade-given',
      rule: 'An entry that may become writable does.',
      reason: 'It costs a fault.',
      text: 'could be writable and is not',
      machine,
      where: 'anon r -> rw; one anon folio',
    },
  ],
};
const counterExample: CounterExample = {
  invariant: 'exclusive-writable',
  rule: 'A writable entry of a private mapping maps an exclusive anonymous page.',
  reason: 'Sharing after fork relies on a write fault to copy the page.',
  text: 'is writable; its anonymous page is not exclusive',
  machine,
  where: 'anon r -> rw; one anon folio',
  page: 529,
  entries: [528, 529].map((page) => ({
    page,
    before: '0x0060000001001bc3',
    perPte: '0x0060000001001bc3',
    after: page === 529 ? '0x0068000001001bc3' : '0x0060000001001bc3',
  })),
  scenario: 'name: counter-example\nsteps:\n  - mmap: { at: 528, pages: 2, prot: r, kind: anon }\n',
  traces: {
    perPte: [
      { fn: 'modify_prot_start', text: 'page 529, 1' },
      {
        fn: 'modify_prot_commit',
        text: 'page 529, 1: 0x0060000001001bc3 -> 0x0060000001001bc3',
      },
    ],
    judged: [{ fn: 'vm_normal_page', text: '' }],
  },
  command: 'ptelab compare counter-example.yaml --arch arm64 --kernel 7.3 --strategy per-pte,x',
};
const refuted: CheckVerdict = {
  ...held,
  strategy: 'x',
  states: 1,
  exhaustive: false,
  counterExample,
  remarks: [],
};
const mutants: MutantsVerdict = {
  mutants: 5,
  killed: 3,
  explained: 1,
  survivors: ['M3'],
  list: [
    { id: 'B1', summary: 'one', verdict: 'killed', by: 'frame-kept', where: 'x', slots: 1 },
    { id: 'B2', summary: 'two', verdict: 'explained', by: 'no machine', where: '', slots: 0 },
    { id: 'B3', summary: 'too', verdict: 'noticed', by: 'upgrade-given', where: 'x', slots: 2 },
    { id: 'B4', summary: 'out', verdict: 'killed', by: 'one-writer', where: 'x', slots: 0 },
    { id: 'M3', summary: 'three', verdict: 'survived', by: '', where: '', slots: 0 },
  ],
};

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

it('says what was covered', async () => {
  await expect(renderCheck(held)).toMatchFileSnapshot('snapshots/check-held.txt');
});

it('writes a counter-example', async () => {
  const text = renderCheck(refuted);
  await expect(text).toMatchFileSnapshot('snapshots/check-refuted.txt');
  expect(widest(text.split('Run it')[0]!)).toBeLessThanOrEqual(80);
});

it('writes Markdown', async () => {
  const text = renderCheck(refuted, { format: 'markdown' });
  await expect(text).toMatchFileSnapshot('snapshots/check-markdown.txt');
});

it('never claims a whole scope that was not covered', () => {
  const part = renderCheck({
    ...held,
    exhaustive: false,
    scope: ['random stories'],
    unit: 'story',
  });
  expect(part).toContain('0 violations in 1,234,567 stories: random stories\n');
  expect(part).not.toContain('all of');
});

it('shows a strategy that did not come to an end', () => {
  const [entry] = counterExample.entries;
  const lost = { ...counterExample, entries: [{ ...entry!, after: null }] };
  expect(renderCheck({ ...refuted, counterExample: lost })).toContain('did not end*');
});

it('leaves out entries that tell nothing where there are many', () => {
  const [same, telling] = counterExample.entries;
  const entries = Array.from({ length: 32 }, (_, i) => ({
    ...(i === 9 ? telling! : same!),
    page: i,
  }));
  const text = renderCheck({ ...refuted, counterExample: { ...counterExample, entries, page: 9 } });
  expect(text).toContain('31 more entries, alike after both');
});

it('writes mutants', async () => {
  await expect(renderMutants(mutants)).toMatchFileSnapshot('snapshots/mutants.txt');
});
