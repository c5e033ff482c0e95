import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { file, ptelab } from './ptelab.fixture.ts';

/** What `--json` prints, so far as the tests look at it. */
interface Printed {
  readonly log: { readonly lines: Readonly<Record<string, number>> };
  readonly replays: readonly {
    readonly machine: { readonly arch: string; readonly kernel: string; readonly strategy: string };
    readonly folioOrders: readonly number[];
    readonly total: { readonly calls: number; readonly cost: { total: { likely: number } } };
    readonly sites: readonly {
      readonly calls: number;
      readonly cost: { readonly machine: string; readonly total: { readonly likely: number } };
    }[];
  }[];
}

const STORY = [
  '1 execve("/bin/vm", [...], [...]) = 0',
  '1 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000',
  '1 mprotect(0x7f0000000000, 65536, PROT_READ) = 0',
  '1 mprotect(0x7f0000000000, 65536, PROT_READ|PROT_WRITE) = 0',
  '1 munmap(0x7f0000000000, 65536 <unfinished ...>',
];
const log = file('story.strace', STORY.join('\n'));

describe('replay', () => {
  it('prices every site on every machine; sums add up', async () => {
    const args = ['--folio', '0,4', '--machine', 'zen4,neoverse-n1', '--json'];
    const { code, stdout, stderr } = await ptelab(['replay', log, ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { log: read, replays } = JSON.parse(stdout) as Printed;
    const { total, ...kinds } = read.lines;
    expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(replays).toHaveLength(8);
    for (const { machine, total: all, sites } of replays) {
      expect(all.calls).toBe(2);
      expect(sites.reduce((sum, { calls }) => sum + calls, 0)).toBe(2);
      const ns = sites.reduce((sum, { cost }) => sum + cost.total.likely, 0);
      expect(ns).toBeCloseTo(all.cost.total.likely, 6);
      const prices = machine.arch === 'arm64' ? 'neoverse-n1' : 'zen4';
      expect(sites.map(({ cost }) => cost.machine)).toEqual([prices, prices]);
    }
  });

  it('reads .gz files and standard input alike, and writes Markdown', async () => {
    const zipped = file('story.strace.gz', '');
    writeFileSync(zipped, gzipSync(STORY.join('\n')));
    const [plain, packed, piped] = await Promise.all([
      ptelab(['replay', log, '--markdown']),
      ptelab(['replay', zipped, '--markdown']),
      ptelab(['replay', '-', '--markdown'], { input: STORY.join('\n') }),
    ]);
    expect(plain.code).toBe(0);
    const body = (text: string): string => text.slice(text.indexOf('\n'));
    expect(body(packed.stdout)).toBe(body(plain.stdout));
    expect(body(piped.stdout)).toBe(body(plain.stdout));
    expect(plain.stdout).toContain('- 5 lines: 4 begin memory calls, 1 begin process calls\n');
    expect(plain.stdout).toContain('- line 5: "munmap" never returned');
    expect(plain.stdout).toContain('| vm | rw > r | 64K | 1 | 16 | 16 | 1 | 1 |');
  });

  it('fails if the model refuses what the kernel took', async () => {
    const refused = '1 pkey_mprotect(0x1000, 4096, PROT_GROWSDOWN|PROT_GROWSUP, -1) = 0';
    const { code, stdout, stderr } = await ptelab([
      'replay',
      file('refused.strace', `${refused}\n`),
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('line 1: pkey_mprotect: the log has success, the model EINVAL');
    expect(stderr).toMatch(/^ptelab: [^\n]*refuses 1 calls that the kernel took\n$/);
  });

  it.each([
    [['nowhere.strace'], 'nowhere.strace: no such file'],
    [['package.json'], 'package.json: expected a log of strace, found'],
    [
      [file('bad.strace', '\n1 munmap(0x1, 1) = 0\n')],
      'bad.strace:2: munmap: expected an address at',
    ],
    [[file('damaged.strace.gz', 'x')], "damaged.strace.gz: can't be read: unexpected end of file"],
    [[log, '--touch', 'some'], '--touch: expected none, first, all, snapshot, found "some"'],
    [[log, '--touch', 'snapshot'], '--touch snapshot: expected --snapshot FILE, found none'],
    [[log, '--snapshot', 'x'], '--snapshot: expected --touch snapshot, found first'],
    [[log, '--folio', '1'], '--folio: expected 0, or orders from 2 to 9 joined by +, found "1"'],
    [[log, '--folio', '4+'], '--folio: expected 0, or orders from 2 to 9 joined by +, found "4+"'],
    [[log, '--top', '0'], '--top: expected a whole number from 1 on, found "0"'],
    [[log, '--arch', 'arm64', '--machine', 'zen3'], '--machine: expected a machine of arm64'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await ptelab(['replay', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ptelab: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});
