import {
  MmuGather,
  VM_SOFTDIRTY,
  VM_UFFD_WP,
  vmaSetPageProt,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { arm64, makePte, VM_WRITE, x86_64, type Arch, type Pte } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { changeProtection } from './change-protection.ts';
import { MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';
import { merged } from './strategies/merged.ts';
import { perPte } from './strategies/per-pte.ts';
import type { Strategy } from './strategy.ts';
import { ANON, BASE, mapAnon, NONE, PFN, RO, RW, testMm, vmaAt } from './testing.fixture.ts';

/*
 * All states of four slots, before and after: what every strategy must keep, and how `merged` may
 * differ from `per-pte`.
 */

/** One slot before the change. */
interface Slot {
  readonly W: boolean;
  readonly D: boolean;
  readonly A: boolean;
  readonly S: boolean;
  readonly U: boolean;
  readonly E: boolean;
}

type BitName = keyof Slot;

/** All slots in which the named bits vary and the others have their fixed value. */
function slots(varying: readonly BitName[], fixed: Partial<Slot>): Slot[] {
  const base: Slot = { W: false, D: false, A: true, S: true, U: false, E: true, ...fixed };
  let all: Slot[] = [base];
  for (const name of varying) {
    all = all.flatMap((slot) => [
      { ...slot, [name]: false },
      { ...slot, [name]: true },
    ]);
  }
  // A writable entry maps an exclusive page and is not write-protected by userfaultfd.
  return all.filter((slot) => !slot.W || (slot.E && !slot.U));
}

/** Where the four slots lie in folios: orders of the folios from {@link PFN} on, first page mapped. */
const LAYOUTS = {
  'one folio of 4': { folios: [2], first: 0 },
  'single pages': { folios: [0, 0, 0, 0], first: 0 },
  'two folios of 2, frames in a row': { folios: [1, 1], first: 0 },
  'pages 3..6 of a folio of 8': { folios: [3], first: 3 },
  'the tail of one folio of 4 and the head of the next': { folios: [2, 2], first: 2 },
} as const;

const TRANSITIONS = [
  [RO, RW],
  [RW, RO],
  [RW, NONE],
  [NONE, RW],
] as const;

/** Notes which pages are to be flushed. */
class Recorder extends MmuGather {
  readonly recorded = new Set<number>();
  override flushPteRange(vpn: number, nr: number): void {
    for (let i = vpn; i < vpn + nr; i++) this.recorded.add(i - BASE);
  }
}

/** An address space whose four slots are set again and again. */
class Bench {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly before: Pte[] = Array.from({ length: 4 }, () => makePte());
  readonly #arch: Arch;
  readonly #first: number;
  readonly #prots: readonly [number, number];

  constructor(
    arch: Arch,
    layout: { folios: readonly number[]; first: number },
    [from, to]: readonly [number, number],
    options: { tracking: boolean; uffd: boolean },
  ) {
    this.#arch = arch;
    this.#first = PFN + layout.first;
    this.mm = testMm(arch);
    this.vma = mapAnon(this.mm, 0, 4, from);
    const before = this.vma.pageProt;
    this.vma.flags = (this.vma.flags & ~0x7) | to;
    if (options.tracking) this.vma.flags &= ~VM_SOFTDIRTY;
    if (options.uffd) this.vma.flags |= VM_UFFD_WP;
    vmaSetPageProt(arch, this.vma);
    this.#prots = [before, this.vma.pageProt];
    let head = PFN;
    for (const order of layout.folios) {
      this.mm.system.memmap.initFolio(head, order, ANON);
      head += 2 ** order;
    }
  }

  set(state: readonly Slot[]): void {
    const arch = this.#arch;
    state.forEach((slot, i) => {
      const pte = this.before[i] ?? makePte();
      arch.pfnPte(this.#first + i, this.#prots[0], pte);
      if (slot.D) pte.bits = arch.pteMkdirty(pte.bits);
      pte.bits = slot.S ? arch.pteMksoftDirty(pte.bits) : arch.pteClearSoftDirty(pte.bits);
      if (slot.W) pte.bits = arch.pteMkwrite(pte.bits);
      if (slot.U) pte.bits = arch.pteMkuffdWp(pte.bits);
      if (!slot.A) pte.bits = arch.pteMkold(pte.bits);
      this.mm.system.memmap.setAnonExclusive(this.#first + i, 1, slot.E);
    });
  }

  run(strategy: Strategy): { after: Pte[]; pages: number; flushed: Set<number> } {
    const table = this.mm.allocTable(BASE);
    this.before.forEach((pte, i) => {
      table.poke(i, pte);
    });
    const gather = new Recorder(this.mm);
    const cpFlags = (this.vma.flags & VM_WRITE) !== 0 ? MM_CP_TRY_CHANGE_WRITABLE : 0;
    const change = { mm: this.mm, vma: this.vma, gather, newprot: this.#prots[1], cpFlags };
    const pages = changeProtection(change, BASE, BASE + 4, strategy);
    gather.finish();
    const after = this.before.map((_, i) => {
      const pte = makePte();
      table.peek(i, pte);
      return pte;
    });
    return { after, pages, flushed: gather.recorded };
  }
}

/** Which invariants slot `i` breaks, by number. */
function broken(arch: Arch, vma: Vma, slot: Slot, before: Pte, after: Pte): string[] {
  const { bits } = after;
  const write = arch.pteWrite(bits);
  const tracked = arch.softDirty && (vma.flags & VM_SOFTDIRTY) === 0;
  const rules: readonly [string, boolean][] = [
    ['1 write only to exclusive pages', !write || slot.E],
    ['3 write only if the VMA has it', !write || (vma.flags & VM_WRITE) !== 0],
    ['4 dirty stays', !slot.D || arch.pteDirty(bits)],
    ['5 young stays', !slot.A || arch.pteYoung(bits)],
    ['6 soft-dirty stays', !arch.pteSoftDirty(before.bits) || arch.pteSoftDirty(bits)],
    ['7 tracking sees the next write', !tracked || arch.pteSoftDirty(bits) || !write],
    ['8 uffd-wp stays', slot.U === arch.pteUffdWp(bits) && !(slot.U && write)],
    ['9 the page stays', arch.ptePfn(before) === arch.ptePfn(after)],
  ];
  return rules.filter(([, holds]) => !holds).map(([name]) => name);
}

/** The entry without what a batch may add. */
function comparable(arch: Arch, bits: number): number {
  return arch.pteMkold(arch.pteMkclean(arch.pteClearSoftDirty(arch.pteWrprotect(bits))));
}

/** How `batched` goes beyond what it may add to `single`: accessed, dirty, soft-dirty and, then, write. */
function notAllowed(arch: Arch, vma: Vma, slot: Slot, single: Pte, batched: Pte): string[] {
  const [a, b] = [single.bits, batched.bits];
  const tracked = arch.softDirty && (vma.flags & VM_SOFTDIRTY) === 0;
  const follows =
    (vma.flags & VM_WRITE) !== 0 && slot.E && !slot.U && (!tracked || arch.pteSoftDirty(b));
  const rules: readonly [string, boolean][] = [
    ['other bits', single.pfn === batched.pfn && comparable(arch, a) === comparable(arch, b)],
    ['young lost', !arch.pteYoung(a) || arch.pteYoung(b)],
    ['dirty lost', !arch.pteDirty(a) || arch.pteDirty(b)],
    ['soft-dirty lost', !arch.pteSoftDirty(a) || arch.pteSoftDirty(b)],
    ['write lost', !arch.pteWrite(a) || arch.pteWrite(b)],
    ['write without reason', arch.pteWrite(a) || !arch.pteWrite(b) || follows],
  ];
  return rules.filter(([, holds]) => !holds).map(([name]) => name);
}

/** Runs both strategies on one state; the complaints, if any. */
function check(arch: Arch, bench: Bench, state: readonly Slot[]): string[] {
  bench.set(state);
  const single = bench.run(perPte);
  const batched = bench.run(merged);
  const found: string[] = [];
  if (single.pages !== 4 || batched.pages !== 4) found.push('11 four pages count');
  state.forEach((slot, i) => {
    const [before, a, b] = [bench.before[i], single.after[i], batched.after[i]];
    if (before === undefined || a === undefined || b === undefined) return;
    for (const rule of broken(arch, bench.vma, slot, before, a)) found.push(`per-pte: ${rule}`);
    for (const rule of broken(arch, bench.vma, slot, before, b)) found.push(`merged: ${rule}`);
    for (const rule of notAllowed(arch, bench.vma, slot, a, b)) found.push(`merged: ${rule}`);
    if (!arch.pteNeedsFlush(before, a)) return;
    for (const [name, { flushed }] of Object.entries({ 'per-pte': single, merged: batched })) {
      if (!flushed.has(i)) found.push(`${name}: 12 a stale translation is flushed`);
    }
  });
  return found.length === 0 ? [] : [`${JSON.stringify(state)}: ${found.join(', ')}`];
}

/** Checks every combination of `each` in four slots; the first complaints, and how many states. */
function checkAll(arch: Arch, bench: Bench, each: readonly Slot[]): string[] {
  for (const a of each) {
    for (const b of each) {
      for (const c of each) {
        for (const d of each) {
          const found = check(arch, bench, [a, b, c, d]);
          if (found.length > 0) return found;
        }
      }
    }
  }
  return [];
}

const MACHINES: readonly { name: string; arch: Arch; tracking: boolean }[] = [
  { name: 'x86-64, soft-dirty tracked', arch: x86_64({ kernel: '7.2' }), tracking: true },
  {
    name: 'x86-64 without soft-dirty',
    arch: x86_64({ kernel: '7.2', softDirty: false }),
    tracking: false,
  },
  { name: 'arm64', arch: arm64({ kernel: '7.2' }), tracking: false },
];

describe.each(MACHINES)('$name', ({ arch, tracking }) => {
  const cases = Object.entries(LAYOUTS).flatMap(([name, layout]) =>
    TRANSITIONS.map(([from, to]) => ({ name, layout, from, to })),
  );

  it.each(cases)('$name, $from to $to', ({ layout, from, to }) => {
    const writable: BitName[] = from === RW ? ['W'] : [];
    const plain = new Bench(arch, layout, [from, to], { tracking, uffd: false });
    const watched = new Bench(arch, layout, [from, to], { tracking, uffd: true });
    if (arch.softDirty) {
      expect(checkAll(arch, plain, slots([...writable, 'D', 'S', 'E'], {}))).toEqual([]);
    } else {
      expect(checkAll(arch, plain, slots([...writable, 'D', 'E'], {}))).toEqual([]);
      expect(checkAll(arch, watched, slots([...writable, 'U', 'E'], {}))).toEqual([]);
    }
    expect(checkAll(arch, plain, slots([...writable, 'D', 'A'], {}))).toEqual([]);
    expect(checkAll(arch, watched, slots([...writable, 'U', 'D'], { S: false }))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('complain about a strategy that reads the flag of the wrong page', () => {
    const arch = x86_64({ kernel: '7.2', softDirty: false });
    const layout = LAYOUTS['one folio of 4'];
    const bench = new Bench(arch, layout, [RO, RW], { tracking: false, uffd: false });
    const [exclusive, shared] = [slots([], {}), slots([], { E: false })].flat();
    if (exclusive === undefined || shared === undefined) throw new RangeError('no slots');
    bench.set([shared, shared, shared, shared]);
    const { after } = bench.run(merged);
    const [before] = bench.before;
    const [pte] = after;
    if (before === undefined || pte === undefined) throw new RangeError('no entry');
    const wrong = { pfn: pte.pfn, bits: arch.pteMkwrite(pte.bits) };
    expect(broken(arch, bench.vma, shared, before, wrong)).toEqual([
      '1 write only to exclusive pages',
    ]);
    expect(notAllowed(arch, bench.vma, shared, pte, wrong)).toEqual(['write without reason']);
    expect(vmaAt(bench.mm, 0)).toBe(bench.vma);
  });
});
