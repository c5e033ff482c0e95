import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { VM_LOCKED } from '../vma/flags.ts';
import type { Vma } from '../vma/vma.ts';

/** Name of a figure of /proc/PID/smaps that the model can answer. */
export type SmapsFigure =
  | 'AnonHugePages'
  | 'Anonymous'
  | 'FilePmdMapped'
  | 'KSM'
  | 'LazyFree'
  | 'Locked'
  | 'Private_Clean'
  | 'Private_Dirty'
  | 'Pss'
  | 'Rss'
  | 'Shared_Clean'
  | 'Shared_Dirty'
  | 'ShmemPmdMapped'
  | 'Swap'
  | 'SwapPss';

/** All of them. */
export const SMAPS_FIGURES: readonly SmapsFigure[] = [
  'AnonHugePages',
  'Anonymous',
  'FilePmdMapped',
  'KSM',
  'LazyFree',
  'Locked',
  'Private_Clean',
  'Private_Dirty',
  'Pss',
  'Rss',
  'Shared_Clean',
  'Shared_Dirty',
  'ShmemPmdMapped',
  'Swap',
  'SwapPss',
];

/** Figures of one VMA. */
export type SmapsFigures = Record<SmapsFigure, number>;

/** A share of a page is counted in 1/4096 of a byte (`PSS_SHIFT`). */
const PSS_SCALE = 4096;
const KIB = 1024;

/** Adds up what one VMA maps. */
class SmapsWalk {
  /** In bytes; shares in 1/4096 of a byte. */
  readonly sum: SmapsFigures;
  readonly #mm: AddressSpace;
  readonly #locked: boolean;
  readonly #pageBytes: number;
  readonly #pte: Pte = makePte();

  constructor(mm: AddressSpace, vma: Vma) {
    this.#mm = mm;
    this.#locked = (vma.flags & VM_LOCKED) !== 0;
    this.#pageBytes = 2 ** mm.system.arch.pageShift;
    const zero = SMAPS_FIGURES.map((name) => [name, 0] as const);
    this.sum = Object.fromEntries(zero) as SmapsFigures;
  }

  /** @kernel fs/proc/task_mmu.c smaps_pte_entry */
  pte(table: PteTable, index: number): void {
    const { arch, zeroPfn } = this.#mm.system;
    const pte = this.#pte;
    table.peek(index, pte);
    if (arch.pteNone(pte)) return;
    if (!arch.ptePresent(pte.bits)) {
      this.#swapped(pte);
      return;
    }
    const pfn = arch.ptePfn(pte);
    if (arch.pteSpecial(pte.bits) || pfn === zeroPfn) return;
    this.#page(pfn, arch.pteDirty(pte.bits));
  }

  #swapped(pte: Pte): void {
    const { arch, swap } = this.#mm.system;
    const entry = arch.decodeNonPresent(pte);
    if (entry.kind !== 'swap') return;
    this.sum.Swap += this.#pageBytes;
    const share = (this.#pageBytes * PSS_SCALE) / Math.max(1, swap.count(entry.offset));
    this.sum.SwapPss += Math.floor(share);
  }

  /** @kernel fs/proc/task_mmu.c smaps_pmd_entry */
  pmd(pmd: HugePmd): void {
    const { arch, memmap, hugeZeroPfn } = this.#mm.system;
    if (!arch.ptePresent(pmd.entry.bits)) return;
    const head = arch.pmdPfn(pmd.entry);
    if (head === hugeZeroPfn) return;
    const pages = this.#mm.pmdPages;
    const bytes = pages * this.#pageBytes;
    if (memmap.isAnon(head)) this.sum.AnonHugePages += bytes;
    else if (memmap.folioTest(head, FOLIO_FLAG.SWAPBACKED)) this.sum.ShmemPmdMapped += bytes;
    else this.sum.FilePmdMapped += bytes;
    const dirty = arch.pteDirty(pmd.entry.bits);
    for (let i = 0; i < pages; i++) this.#page(head + i, dirty);
  }

  /** @kernel fs/proc/task_mmu.c smaps_account, smaps_page_accumulate */
  #page(pfn: number, entryDirty: boolean): void {
    const { memmap } = this.#mm.system;
    const bytes = this.#pageBytes;
    const { sum } = this;
    const dirty = entryDirty || memmap.folioTest(pfn, FOLIO_FLAG.DIRTY);
    sum.Rss += bytes;
    if (memmap.isAnon(pfn)) {
      sum.Anonymous += bytes;
      if (!dirty && !memmap.folioTest(pfn, FOLIO_FLAG.SWAPBACKED)) sum.LazyFree += bytes;
    }
    if (memmap.pageKind(pfn) === PAGE_KIND.KSM) sum.KSM += bytes;
    const mapcount = memmap.precisePageMapcount(pfn);
    const share = Math.floor((bytes * PSS_SCALE) / Math.max(1, mapcount));
    sum.Pss += share;
    if (this.#locked) sum.Locked += share;
    if (mapcount < 2) sum[dirty ? 'Private_Dirty' : 'Private_Clean'] += bytes;
    else sum[dirty ? 'Shared_Dirty' : 'Shared_Clean'] += bytes;
  }
}

/**
 * What /proc/PID/smaps says of a VMA.
 *
 * Not among the figures is Referenced: which pages the CPU has marked depends on what its TLB held.
 *
 * @returns KiB, cut off as there.
 * @kernel fs/proc/task_mmu.c show_smap (with CONFIG_PAGE_MAPCOUNT)
 */
export function smapsFigures(mm: AddressSpace, vma: Vma): SmapsFigures {
  const walk = new SmapsWalk(mm, vma);
  for (let vpn = vma.start; vpn < vma.end; vpn++) {
    const pmd = mm.pmd(vpn);
    if (pmd === undefined) {
      vpn = mm.pmdBase(vpn) + mm.pmdPages - 1;
    } else if (pmd instanceof HugePmd) {
      walk.pmd(pmd);
      vpn = pmd.base + mm.pmdPages - 1;
    } else walk.pte(pmd, vpn - pmd.base);
  }
  const { sum } = walk;
  for (const name of SMAPS_FIGURES) {
    const shared = name === 'Pss' || name === 'SwapPss' || name === 'Locked';
    sum[name] = Math.floor(sum[name] / (shared ? PSS_SCALE * KIB : KIB));
  }
  return sum;
}
