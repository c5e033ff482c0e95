import { NO_PAGE } from '@ptelab/mm';
import type { PteRange } from '@ptelab/mprotect';
import { makePte, type Arch, type Pte } from '@ptelab/pte';

/** How {@link scanBatch} goes wrong. */
export interface Scan {
  /** True if the entries count as alike. @defaultValue what folio_pte_batch compares */
  readonly alike?: (arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>) => boolean;
  /** Goes on into the next folio if its frames follow. @defaultValue false */
  readonly crossesFolios?: boolean;
  /** Entries that it may look at. @defaultValue up to the end of the range */
  readonly max?: (range: PteRange, page: number, index: number) => number;
}

/** Permission bits aside: what two entries have in common that any protection can be given to. */
export function withoutPermissions(arch: Arch, pte: Readonly<Pte>): number {
  const none = makePte();
  arch.pteModify(pte, arch.vmGetPageProt(0), none);
  return arch.pteMkold(arch.pteMkclean(none.bits));
}

/** Equality of entries as folio_pte_batch has it for mprotect: accessed and dirty aside. */
export function alikeForMprotect(arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  const comparable = (bits: number): number => arch.pteMkold(arch.pteMkclean(bits));
  return comparable(a.bits) === comparable(b.bits);
}

/**
 * Batch detection entry by entry, for the mistakes that the flags of folio_pte_batch can't make.
 * Frames must follow each other in any case. Stays inside the table.
 */
export function scanBatch(
  scan: Scan,
): (range: PteRange, page: number, index: number, pte: Pte) => number {
  const { alike = alikeForMprotect, crossesFolios = false } = scan;
  return (range, page, index, pte) => {
    const { arch, mm, table } = range;
    const { memmap } = mm.system;
    if (page === NO_PAGE || memmap.folioOrder(page) === 0) return 1;
    const wanted = scan.max?.(range, page, index) ?? range.end - index;
    const max = Math.min(wanted, table.length - index);
    const folioEnd = memmap.folioHead(page) + memmap.folioNrPages(page) - page;
    const limit = crossesFolios ? max : Math.min(max, folioEnd);
    const next = makePte();
    let nr = 1;
    for (; nr < limit; nr++) {
      arch.ptepGet(mm, table, index + nr, next);
      if (!arch.ptePresent(next.bits) || arch.ptePfn(next) !== page + nr) break;
      if (!alike(arch, pte, next)) break;
    }
    return nr;
  };
}
