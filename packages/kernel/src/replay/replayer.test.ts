import { createMachine, type MachineSpec } from '@ptelab/scenario';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import { straceLog } from '../strace/strace-log.ts';
import { replayLog, type ReplayOptions } from './replayer.ts';
import type { Replay } from './replay-result.ts';
import { touchedPages } from './touched-pages.ts';

const X86: MachineSpec = { arch: 'x86-64', kernel: '6.17' };

function replay(lines: readonly string[], options: ReplayOptions = {}, machine = X86): Replay {
  return replayLog(straceLog('log', lines), createMachine(machine), options);
}

const anon = (at: string, bytes: number, prot = 'PROT_READ|PROT_WRITE', more = ''): string =>
  `1 mmap(NULL, ${bytes}, ${prot}, MAP_PRIVATE|MAP_ANONYMOUS${more}, -1, 0) = ${at}`;
const protect = (at: string, bytes: number, prot: string, pid = 1): string =>
  `${pid} mprotect(${at}, ${bytes}, ${prot}) = 0`;
const RW = 'PROT_READ|PROT_WRITE';
const K64 = 65536;

/** `from > to: entries` of each site. */
function sites({ sites: all }: Replay): string[] {
  return all.map(({ from, to, entries }) => `${from} > ${to}: ${entries}`);
}

describe('the touch policy', () => {
  /*
   * 0x100000     0x110000
   *    | 16 pages rw |       first 4 become r, then all 16
   */
  const story = [
    anon('0x100000', K64),
    protect('0x100000', 16384, 'PROT_READ'),
    protect('0x100000', K64, 'PROT_NONE'),
    protect('0x100000', K64, RW),
  ];

  it('none leaves page tables empty', () => {
    const { total, written } = replay(story, { touch: 'none' });
    expect([total.entries, total.events.vmaChanges, written.pages]).toEqual([0, 4, 0]);
  });

  it('first writes what a later call names, once, while it can be written', () => {
    const found = replay(story, { touch: 'first' });
    expect(sites(found)).toEqual(['rw > r: 4', 'r,rw > none: 16', 'none > rw: 16']);
    expect(found.written).toEqual({ pages: 16, faults: 16 });
  });

  it('first does not write what no call names, nor what a call throws away', () => {
    const lines = [
      anon('0x100000', 1048576),
      `1 madvise(0x100000, ${K64}, MADV_DONTNEED) = 0`,
      protect('0x100000', 4096, 'PROT_READ'),
      '1 munmap(0x100000, 1048576) = 0',
    ];
    expect(replay(lines, { touch: 'first' }).written.pages).toBe(1);
  });

  it('snapshot writes what a later call names, if the process had written it', async () => {
    const vma = {
      pid: 1,
      comm: 'x',
      start: 0x100,
      end: 0x110,
      perms: 'rw-p',
      offset: 0,
      inode: 0,
      path: '',
      sums: null,
    };
    const run = {
      vpn: 0x102,
      pages: 4,
      pfn: 8,
      order: 0,
      mapcount: 1,
      mapcountMax: 1,
      kind: 'anon' as const,
      pageFlags: 0,
      pagemapFlags: 256,
    };
    const touched = await touchedPages([
      { row: 'vma', vma },
      { row: 'pages', run },
      { row: 'pages', run: { ...run, vpn: 0x108, kind: 'file' } },
    ]);
    const found = replay(story, { touch: 'snapshot', touched });
    expect(sites(found)).toEqual(['rw > r: 2', 'r,rw > none: 4', 'none > rw: 4']);
    expect(found.written).toEqual({ pages: 4, faults: 4 });
    expect(replay(story, { touch: 'snapshot' }).written.pages).toBe(0);
  });

  it('all writes when memory is mapped, and again when it becomes writable', () => {
    const found = replay(story, { touch: 'all' });
    expect(sites(found)).toEqual(['rw > r: 4', 'r,rw > none: 16', 'none > rw: 16']);
    expect(found.written.pages).toBe(32);
  });

  it('leaves files and shared memory alone', () => {
    const lines = [
      `1 mmap(NULL, ${K64}, ${RW}, MAP_PRIVATE, 3, 0) = 0x100000`,
      `1 mmap(NULL, ${K64}, ${RW}, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x200000`,
      protect('0x100000', K64, 'PROT_READ'),
      protect('0x200000', K64, 'PROT_READ'),
    ];
    expect(replay(lines, { touch: 'all' }).written.pages).toBe(0);
  });

  it('has a limit', () => {
    const lines = [anon('0x100000000000', 2 ** 45)];
    expect(() => replay(lines, { touch: 'all' })).toThrow(PtelabInputError);
    expect(() => replay(lines, { touch: 'all' })).toThrow(
      'log:1: mmap: expected at most 8388608 pages to write in all, found more',
    );
  });
});

describe('folio orders', () => {
  it('make batches, and contiguous blocks on arm64', () => {
    const lines = [
      anon('0x7f0000000000', 2 ** 20),
      protect('0x7f0000000000', 2 ** 20, 'PROT_READ'),
    ];
    const on = (machine: MachineSpec, folioOrders: readonly number[]): number[] => {
      const { entries, events } = replay(lines, { folioOrders }, machine).total;
      return [entries, events.batches, events.unfolds];
    };
    expect(on(X86, [])).toEqual([256, 256, 0]);
    expect(on(X86, [4])).toEqual([256, 16, 0]);
    expect(on({ arch: 'arm64', kernel: '6.16' }, [4])).toEqual([256, 256, 16]);
    expect(on({ arch: 'arm64', kernel: '6.17' }, [4])).toEqual([256, 16, 0]);
  });

  it('are not for stacks (MAP_STACK is VM_NOHUGEPAGE)', () => {
    const lines = [anon('0x100000', K64, RW, '|MAP_STACK'), protect('0x100000', K64, 'PROT_READ')];
    expect(replay(lines, { folioOrders: [4] }).total.events.batches).toBe(16);
  });

  it('may be huge', () => {
    const lines = [anon('0x200000', 2 ** 21), protect('0x200000', 2 ** 21, 'PROT_READ')];
    const { changed, entries, events } = replay(lines, { folioOrders: [9] }).total;
    expect([changed, entries, events.hugePmdChanges]).toEqual([512, 0, 1]);
  });
});

describe('memory from before the log', () => {
  it('becomes a mapping that is counted', () => {
    const found = replay([protect('0x100000', 8192, 'PROT_READ'), protect('0x100000', 8192, RW)]);
    expect(sites(found)).toEqual(['unknown > r: 2', 'r > rw: 2']);
    expect(found.unknownMemory).toEqual([{ call: 'mprotect', mappings: 1, pages: 2 }]);
    expect(found.mismatches).toBe(0);
  });

  it('fills the holes between mappings that are known', () => {
    const found = replay([
      anon('0x101000', 4096),
      protect('0x100000', 12288, 'PROT_READ'),
      protect('0x100000', 12288, RW),
    ]);
    expect(sites(found)).toEqual(['rw,unknown > r: 3', 'r > rw: 3']);
    expect(found.unknownMemory).toEqual([{ call: 'mprotect', mappings: 2, pages: 2 }]);
  });

  it('is shared by threads that were there', () => {
    const found = replay([
      protect('0x100000', 4096, 'PROT_READ', 1),
      protect('0x100000', 4096, RW, 2),
    ]);
    expect(sites(found)).toEqual(['unknown > r: 1', 'r > rw: 1']);
    expect([found.spaces, found.unknownBeginnings]).toEqual([1, 2]);
  });

  it('may grow downwards, as a stack', () => {
    const found = replay([protect('0x7ffc00000000', 4096, `${RW}|PROT_GROWSDOWN`)]);
    expect(found.mismatches).toBe(0);
  });
});

describe('processes', () => {
  const start = ['1 execve("/bin/a", [...], [...]) = 0', anon('0x100000', K64)];

  it('have memory of their own after a fork, a copy of the old', () => {
    const found = replay(
      [
        ...start,
        '1 fork() = 2',
        protect('0x100000', 4096, 'PROT_READ', 2),
        protect('0x100000', 4096, 'PROT_NONE', 1),
      ],
      { touch: 'all' },
    );
    expect(sites(found)).toEqual(['rw > r: 1', 'rw > none: 1']);
    expect(found.processes.map(({ pid, program, calls }) => [pid, program, calls])).toEqual([
      [2, 'a', 1],
      [1, 'a', 1],
    ]);
  });

  it('share it as threads, and as children of vfork up to their exec', () => {
    const found = replay([
      ...start,
      '1 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 2',
      protect('0x100000', 4096, 'PROT_READ', 2),
      '1 vfork( <unfinished ...>',
      protect('0x100000', 4096, 'PROT_NONE', 3),
      '3 execve("/bin/b", [...], [...]) = 0',
      '1 <... vfork resumed>) = 3',
      protect('0x100000', 4096, RW, 3),
      protect('0x100000', 4096, RW, 1),
    ]);
    expect(found.sites.map(({ program, from, to }) => `${program} ${from} > ${to}`)).toEqual([
      'a rw > r',
      'a r > none',
      'b unknown > rw',
      'a none > rw',
    ]);
  });

  it('begin anew after an exec and end with their last thread', () => {
    const found = replay([
      ...start,
      '1 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 2',
      '1 +++ exited with 0 +++',
      protect('0x100000', 4096, 'PROT_READ', 2),
      '2 +++ exited with 0 +++',
      protect('0x100000', 4096, 'PROT_READ', 2),
    ]);
    expect(found.sites.map(({ program, from }) => [program, from])).toEqual([
      ['a', 'rw'],
      [null, 'unknown'],
    ]);
  });

  it('keep their memory when a line gives the first one its pid', () => {
    const found = replay([
      'mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x100000',
      '[pid 9] mprotect(0x100000, 4096, PROT_NONE) = 0',
    ]);
    expect(sites(found)).toEqual(['r > none: 0']);
  });
});

describe('calls', () => {
  it('that failed or never returned are counted and not carried out', () => {
    const found = replay([
      anon('0x100000', 4096),
      '1 mprotect(0x100000, 4096, PROT_NONE) = -1 ENOMEM (Cannot allocate memory)',
      '1 mprotect(0x100000, 4096, PROT_NONE) = ?',
      '2 mprotect(0x100000, 4096, PROT_NONE <unfinished ...>',
      '3 munmap(0x100000, 4096 <unfinished ...>',
      protect('0x100000', 4096, 'PROT_READ'),
    ]);
    // An mprotect that never returns has no effect to place; the beginning of a munmap has.
    expect(found.calls).toEqual({ applied: 2, failed: 1, unknown: 1, unfinished: 1 });
    expect(sites(found)).toEqual(['rw > r: 1']);
  });

  it('of brk move the end of the heap', () => {
    const found = replay([
      '1 brk(NULL) = 0x200000',
      '1 brk(0x221000) = 0x221000',
      protect('0x200000', 0x21000, 'PROT_NONE'),
      '1 brk(0x210000) = 0x210000',
      protect('0x200000', 0x10000, RW),
      protect('0x210000', 4096, RW),
    ]);
    expect(sites(found)).toEqual(['rw > none: 33', 'none > rw: 16', 'unknown > rw: 0']);
  });

  it('of mremap take pages along, grow and shrink', () => {
    const found = replay([
      anon('0x100000', 8192),
      '1 mremap(0x100000, 8192, 16384, MREMAP_MAYMOVE) = 0x300000',
      protect('0x300000', 16384, 'PROT_READ'),
      '1 mremap(0x300000, 16384, 4096, 0) = 0x300000',
      protect('0x300000', 8192, RW),
    ]);
    expect(sites(found)).toEqual(['rw > r: 4', 'r,unknown > rw: 1']);
    expect(found.notModelled).toEqual({});
  });

  it('that the model can only do in part are named', () => {
    const found = replay([
      anon('0x200000', 2 ** 21),
      '1 mremap(0x200000, 2097152, 2097152, MREMAP_MAYMOVE|MREMAP_FIXED, 0x600000) = 0x600000',
      protect('0x600000', 4096, 'PROT_READ'),
      '1 mlock(0x600000, 4096) = 0',
      '1 madvise(0x600000, 4096, MADV_WIPEONFORK) = 0',
      anon('0x800000', 2 ** 21, RW, '|MAP_HUGETLB'),
    ]);
    expect(found.notModelled).toEqual({
      'mremap of whole page tables: their pages are taken as gone': 1,
      'madvise WIPEONFORK': 1,
      MAP_HUGETLB: 1,
      mlock: 1,
    });
    expect(sites(found)).toEqual(['rw > r: 1']);
  });

  it('with a protection key work with any key', () => {
    const found = replay([
      anon('0x100000', 4096),
      '1 pkey_mprotect(0x100000, 4096, PROT_READ, 5) = 0',
    ]);
    expect([found.mismatches, found.total.calls]).toEqual([0, 1]);
  });

  it('that the model refuses are said', () => {
    const found = replay([
      anon('0x100000', 4096),
      '1 pkey_mprotect(0x100000, 4096, PROT_GROWSDOWN|PROT_GROWSUP, -1) = 0',
    ]);
    expect(found.mismatches).toBe(1);
    expect(found.firstMismatches).toEqual([
      { line: 2, call: 'pkey_mprotect', expected: 'success', found: 'EINVAL' },
    ]);
  });

  it('with stack traces are told apart by their frames', () => {
    const found = replay([
      anon('0x100000', K64),
      protect('0x100000', 4096, 'PROT_READ'),
      ' > /lib/libc.so.6(mprotect+0xb) [0x1]',
      ' > /opt/vm(seal+0x5) [0x2]',
      protect('0x102000', 8192, 'PROT_READ'),
      ' > /lib/libc.so.6(mprotect+0xb) [0x1]',
      ' > /opt/vm(seal+0x5) [0x2]',
    ]);
    expect(found.sites).toMatchObject([{ frame: 'vm(seal+0x5)', mostBytes: null, calls: 2 }]);
  });
});

/** A number of pages in hexadecimal. */
const place = fc.integer({ min: 1, max: 3000 }).map((page) => `0x${(page * 4096).toString(16)}`);
const length = fc.integer({ min: 1, max: 5_000_000 });
const prot = fc.constantFrom('PROT_NONE', 'PROT_READ', RW, 'PROT_READ|PROT_EXEC', 'PROT_WRITE');
const pid = fc.integer({ min: 1, max: 3 });
const call = fc.oneof(
  fc
    .tuple(
      pid,
      place,
      length,
      prot,
      fc.constantFrom('PRIVATE|MAP_ANONYMOUS', 'SHARED|MAP_ANONYMOUS', 'PRIVATE|MAP_FIXED'),
    )
    .map(([p, at, n, how, kind]) => `${p} mmap(NULL, ${n}, ${how}, MAP_${kind}, 3, 0) = ${at}`),
  fc.tuple(pid, place, length, prot).map(([p, at, n, how]) => protect(at, n, how, p)),
  fc.tuple(pid, place, length).map(([p, at, n]) => `${p} munmap(${at}, ${n}) = 0`),
  fc.tuple(pid, place).map(([p, at]) => `${p} brk(${at}) = ${at}`),
  fc
    .tuple(pid, place, length, length, place)
    .map(([p, at, old, n, to]) => `${p} mremap(${at}, ${old}, ${n}, MREMAP_MAYMOVE) = ${to}`),
  fc
    .tuple(
      pid,
      place,
      length,
      fc.constantFrom('DONTNEED', 'FREE', 'HUGEPAGE', 'COLD', 'DONTFORK', 'PAGEOUT'),
    )
    .map(([p, at, n, advice]) => `${p} madvise(${at}, ${n}, MADV_${advice}) = 0`),
  fc.tuple(pid, pid).map(([p, child]) => `${p} fork() = ${child + 3}`),
  fc.tuple(pid, pid).map(([p, child]) => `${p} vfork() = ${child}`),
  pid.map((p) => `${p} execve("x", [], []) = 0`),
  pid.map((p) => `${p} +++ exited with 0 +++`),
);

it('carries any calls out, and sums add up', () => {
  const policy = fc.constantFrom('none' as const, 'first' as const, 'all' as const);
  const orders = fc.constantFrom([], [4], [9]);
  fc.assert(
    fc.property(
      fc.array(call, { minLength: 1, maxLength: 25 }),
      policy,
      orders,
      (lines, touch, folioOrders) => {
        const found = replay(lines, { touch, folioOrders });
        for (const group of [found.sites, found.processes, found.ranges, found.sizes]) {
          expect(group.reduce((sum, { calls }) => sum + calls, 0)).toBe(found.total.calls);
          expect(group.reduce((sum, { changed }) => sum + changed, 0)).toBe(found.total.changed);
        }
      },
    ),
    { numRuns: 150, seed: 6 },
  );
});
