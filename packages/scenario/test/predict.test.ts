import * as fc from 'fast-check';
import {
  HugePmd,
  predictFaults,
  UnsupportedError,
  type AddressSpace,
  type Advice,
} from '@ptelab/mm';
import { makePte, PteTable } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { createMachine, Story, type MachineSpec, type Operation } from '../src/index.ts';

/*
 * Random stories of one window of 32 pages and one of 512. For some of their pages the prediction is
 * compared with what touching the page does, in a story told anew up to there.
 */

const PAGES = 32;
const HUGE = 512;

const range = fc
  .tuple(fc.nat(PAGES - 1), fc.integer({ min: 1, max: PAGES }))
  .map(([at, pages]) => ({ at, pages: Math.min(pages, PAGES - at) }));
const step = fc.constantFrom(1, 2, 5);
const touch = fc
  .tuple(fc.constantFrom<'read' | 'write'>('read', 'write'), range, step)
  .map(([op, where, every]): Operation => ({ op, ...where, step: every }));
const advice = fc.constantFrom<Advice>('COLD', 'DONTNEED', 'FREE', 'GUARD_INSTALL', 'PAGEOUT');
const change: fc.Arbitrary<Operation> = fc.oneof(
  touch,
  touch,
  range.map((where): Operation => ({ op: 'mprotect', ...where, prot: 'r' })),
  range.map((where): Operation => ({ op: 'mprotect', ...where, prot: 'rw' })),
  fc.constant<Operation>({ op: 'forkexit', id: 'x' }),
  fc.nat(1).map((id): Operation => ({ op: 'fork', id: `c${id}` })),
  fc.nat(1).map((id): Operation => ({ op: 'child', id: `c${id}`, does: 'exit' })),
  range.map((where): Operation => ({ op: 'child', id: 'c0', does: 'write', ...where })),
  fc.constantFrom<1 | 4>(1, 4).map((mode): Operation => ({ op: 'clear_refs', mode })),
  fc
    .tuple(range, advice)
    .map(([where, given]): Operation => ({ op: 'madvise', ...where, advice: given })),
  range.map((where): Operation => ({ op: 'uffd_wp', ...where, on: true })),
  range.map((where): Operation => ({ op: 'uffd_reg', ...where })),
  range.map((where): Operation => ({ op: 'uffd_unreg', ...where })),
  fc.constant<Operation>({ op: 'ksm', useZeroPages: false }),
  fc.constant<Operation>({ op: 'fsync', id: 'f' }),
  range.map((where): Operation => ({ op: 'fwrite', id: 'f', ...where, chunk: 16 })),
);

/** A file of every file system, mapped privately and shared. */
const files = ['/mnt/f', '/shm0/f', '/shm1/f', '/shmw/f'].flatMap((path) =>
  (['private', 'shared'] as const).map((kind): Operation[] => [
    { op: 'file', id: 'f', path, pages: HUGE },
    { op: 'mmap', at: 0, pages: path === '/mnt/f' ? PAGES : HUGE, prot: 'rw', kind, file: 'f' },
  ]),
);
const mapping = fc.constantFrom<Operation[]>(
  [{ op: 'mmap', at: 0, pages: PAGES, prot: 'rw', kind: 'anon' }],
  [{ op: 'mmap', at: 0, pages: HUGE, prot: 'rw', kind: 'anon' }],
  [{ op: 'mmap', at: 0, pages: PAGES, prot: 'rw', kind: 'shanon' }],
  ...files,
);

const thp = fc.subarray([16, 64, 2048]).map((sizes): Operation[] =>
  sizes.flatMap((kb): Operation[] => [
    { op: 'thp', kb, enabled: 'always' },
    { op: 'thp', kb, enabled: 'always', memory: 'shmem' },
  ]),
);

const watched = fc.constantFrom<Operation[]>(
  [{ op: 'uffd', mode: 'sync' }],
  [{ op: 'uffd', mode: 'async' }],
  [
    { op: 'uffd', mode: 'async' },
    { op: 'uffd_reg', at: 0, pages: PAGES },
  ],
);

const story = fc
  .tuple(thp, mapping, watched, fc.array(change, { minLength: 1, maxLength: 10 }))
  .map((parts) => parts.flat());

/** The story up to its end, or to the step that can't be carried out. */
function told(machine: MachineSpec, operations: readonly Operation[]): Story {
  const tale = new Story(createMachine(machine));
  for (const operation of operations) {
    try {
      tale.apply(operation);
    } catch (error) {
      if (!(error instanceof UnsupportedError) && !(error instanceof RangeError)) throw error;
    }
  }
  return tale;
}

interface Page {
  readonly pfn: number | null;
  readonly write: boolean;
}

/** What maps the pages of the window. */
function pagesOf(mm: AddressSpace, first: number): Page[] {
  const { arch } = mm.system;
  const pte = makePte();
  return Array.from({ length: HUGE }, (_, i) => {
    const pmd = mm.pmd(first + i);
    if (pmd instanceof PteTable) pmd.peek(first + i - pmd.base, pte);
    else if (pmd instanceof HugePmd) Object.assign(pte, pmd.entry);
    if (pmd === undefined || !arch.ptePresent(pte.bits)) return { pfn: null, write: false };
    const head = pmd instanceof HugePmd ? arch.pmdPfn(pte) + i : arch.ptePfn(pte);
    return { pfn: head, write: arch.pteWrite(pte.bits) };
  });
}

/** Pages that `runs` hold, counted from `first`. */
function pagesIn(runs: readonly { start: number; nr: number }[], first: number): number[] {
  return runs.flatMap(({ start, nr }) => Array.from({ length: nr }, (_, i) => start + i - first));
}

/** Effects that put another frame in the page's place. */
const MOVES = ['anon-new', 'copy', 'file-copy', 'huge-new', 'swap-in', 'zero-page'];

/** Effects that leave the page in the frame where it was. */
const KEEPS = ['access-flags', 'numa-hint', 'reuse', 'huge-reuse', 'shared-notify', 'shared-reuse'];

function checkPage(
  machine: MachineSpec,
  operations: readonly Operation[],
  page: number,
  kind: 'read' | 'write',
): void {
  const tale = told(machine, operations);
  const { mm } = tale;
  const first = tale.vpn(0);
  let predicted;
  try {
    [predicted] = predictFaults(mm, first + page, 1, kind);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    expect(() => tale.apply({ op: kind, at: page, pages: 1 })).toThrow(error.message);
    return;
  }
  const before = pagesOf(mm, first);
  // Predicting has changed nothing: the same story without it is in the same state.
  expect(before).toEqual(pagesOf(told(machine, operations).mm, first));
  if (predicted?.effects.at(-1)?.effect === 'uffd-wait') {
    expect(() => tale.apply({ op: kind, at: page, pages: 1 })).toThrow(UnsupportedError);
    return;
  }
  const { touch: outcome } = tale.apply({ op: kind, at: page, pages: 1 });
  expect([predicted?.faults, predicted?.signal !== null]).toEqual([
    outcome?.faults[0],
    outcome?.signals.length === 1,
  ]);
  const after = pagesOf(mm, first);
  const effects = predicted?.effects ?? [];
  const named = new Set(effects.flatMap(({ pages }) => pagesIn(pages, first)));
  // A file's huge page is taken down to write one page of it.
  const mapped = after.flatMap((now, i) =>
    before[i]?.pfn === null && now.pfn !== null ? [i] : [],
  );
  const upgraded = after.flatMap((now, i) => (now.write && before[i]?.write === false ? [i] : []));
  for (const i of [...mapped, ...upgraded]) expect(named).toContain(i);
  for (const i of named) expect(after[i]?.pfn).not.toBeNull();
  if (effects.length === 0) expect(after).toEqual(before);
  if (predicted?.signal !== null) return;
  const moved = before[page]?.pfn !== after[page]?.pfn;
  if (effects.every(({ effect }) => KEEPS.includes(effect))) expect(moved).toBe(false);
  if (effects.some(({ effect }) => MOVES.includes(effect))) expect(moved).toBe(true);
  const order = effects.find((fault) => fault.order !== null)?.order;
  const pfn = after[page]?.pfn;
  if (order !== undefined && pfn != null) expect(mm.system.memmap.folioOrder(pfn)).toBe(order);
}

const machines: MachineSpec[] = [
  { arch: 'x86-64', kernel: '6.12' },
  { arch: 'x86-64', kernel: '7.2' },
  { arch: 'arm64', kernel: '6.12' },
  { arch: 'arm64', kernel: '7.3' },
  { arch: 'arm64', kernel: '7.2', arm64: { hwAfDbm: false } },
];

describe('a touch does what was predicted', () => {
  it.each(machines)('$arch $kernel $arm64', (machine) => {
    fc.assert(
      fc.property(
        story,
        fc.nat(PAGES - 1),
        fc.constantFrom<'read' | 'write'>('read', 'write'),
        (operations, page, kind) => {
          checkPage(machine, operations, page, kind);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });
});
