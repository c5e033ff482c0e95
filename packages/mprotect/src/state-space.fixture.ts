import {
  MmuGather,
  VM_SOFTDIRTY,
  VM_UFFD_WP,
  vmaSetPageProt,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { makePte, VM_WRITE, type Arch, type Pte } from '@ptelab/pte';
import { changeProtection } from './change-protection.ts';
import { MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';
import type { Strategy } from './strategy.ts';
import { ANON, BASE, mapAnon, NONE, PFN, RO, RW, testMm } from './testing.fixture.ts';

/*
 * All states of four slots: what tests of more than single cases walk through.
 */

/** One slot before the change. */
export interface Slot {
  readonly W: boolean;
  readonly D: boolean;
  readonly A: boolean;
  readonly S: boolean;
  readonly U: boolean;
  readonly E: boolean;
}

export type BitName = keyof Slot;

/** All slots in which the named bits vary and the others have their fixed value. */
export function slots(varying: readonly BitName[], fixed: Partial<Slot>): Slot[] {
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

/** Orders of the folios from {@link PFN} on, and which page of them slot 0 maps. */
export interface Layout {
  readonly folios: readonly number[];
  readonly first: number;
}

/** Where the four slots lie in folios: orders of the folios from {@link PFN} on, first page mapped. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'one folio of 4': { folios: [2], first: 0 },
  'single pages': { folios: [0, 0, 0, 0], first: 0 },
  'two folios of 2, frames in a row': { folios: [1, 1], first: 0 },
  'pages 3..6 of a folio of 8': { folios: [3], first: 3 },
  'the tail of one folio of 4 and the head of the next': { folios: [2, 2], first: 2 },
};

/** Protection before and after. */
export const TRANSITIONS: readonly (readonly [number, number])[] = [
  [RO, RW],
  [RW, RO],
  [RW, NONE],
  [NONE, RW],
];

/** Notes which pages are to be flushed. */
class Recorder extends MmuGather {
  readonly recorded = new Set<number>();
  override flushPteRange(vpn: number, nr: number): void {
    for (let i = vpn; i < vpn + nr; i++) this.recorded.add(i - BASE);
  }
}

/** What one strategy made of the four slots. */
interface BenchResult {
  readonly after: Pte[];
  readonly pages: number;
  /** Slots that are to be flushed. */
  readonly flushed: Set<number>;
}

/** An address space whose four slots are set again and again. */
export class Bench {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly before: Pte[] = Array.from({ length: 4 }, () => makePte());
  readonly #arch: Arch;
  readonly #first: number;
  readonly #prots: readonly [number, number];

  constructor(
    arch: Arch,
    layout: Layout,
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

  run(strategy: Strategy): BenchResult {
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
