import { HugePmd, type AddressSpace } from '@ptelab/mm';
import { PteTable, type Arch, type Pte } from '@ptelab/pte';
import { ENTRY_KIND, nonPresentKind, type EntryKind } from '../model/entry-kind.ts';
import { makeFrame, type TableFrame } from '../model/table-frame.ts';
import type { PageWindow } from '../model/story-window.ts';

/** Numbers folios by their first frame, in order of appearance. */
export class FolioNumbers {
  readonly #numbers = new Map<number, number>();

  /** The number of the folio whose first frame is `head`. */
  of(head: number): number {
    const known = this.#numbers.get(head);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(head, number);
    return number;
  }
}

/** The kind of a leaf entry. */
export function leafKind(arch: Arch, pte: Readonly<Pte>): EntryKind {
  if (arch.ptePresent(pte.bits)) return ENTRY_KIND.page;
  return arch.pteNone(pte) ? ENTRY_KIND.empty : nonPresentKind(arch.decodeNonPresent(pte).kind);
}

/** Writes what is known of page frame `pfn` to place `i`. */
function putFolio(
  mm: AddressSpace,
  frame: TableFrame,
  i: number,
  pfn: number,
  folios: FolioNumbers,
): void {
  const { memmap } = mm.system;
  const order = memmap.folioOrder(pfn);
  frame.folio[i] = folios.of(pfn - (pfn % 2 ** order));
  frame.order[i] = order;
  frame.exclusive[i] = memmap.isAnon(pfn) ? (memmap.anonExclusive(pfn) ? 1 : 0) : -1;
  frame.mapcount[i] = memmap.mapcount(pfn);
}

/**
 * Reads the page tables of a window without disturbing them.
 *
 * @param base - virtual page of the story's page 0.
 */
export function captureFrame(
  mm: AddressSpace,
  base: number,
  window: PageWindow,
  folios: FolioNumbers,
): TableFrame {
  const { arch } = mm.system;
  const frame = makeFrame(window.at, window.pages);
  const pte: Pte = { pfn: 0, bits: 0 };
  for (let i = 0; i < window.pages;) {
    const vpn = base + window.at + i;
    const end = mm.pmdAddrEnd(vpn, vpn + window.pages - i) - vpn + i;
    const pmd = mm.pmd(vpn);
    for (; i < end; i++) {
      const page = base + window.at + i;
      if (pmd instanceof PteTable) {
        pmd.peek(page - pmd.base, pte);
        frame.kind[i] = leafKind(arch, pte);
        if (frame.kind[i] === ENTRY_KIND.page) {
          const pfn = arch.ptePfn(pte);
          frame.frame[i] = pfn;
          if (!arch.pteSpecial(pte.bits)) putFolio(mm, frame, i, pfn, folios);
        }
      } else if (pmd instanceof HugePmd) {
        pte.pfn = pmd.entry.pfn;
        pte.bits = pmd.entry.bits;
        frame.kind[i] = ENTRY_KIND.huge;
        if (arch.ptePresent(pte.bits)) {
          const pfn = arch.pmdPfn(pmd.entry) + (page - pmd.base);
          frame.frame[i] = pfn;
          putFolio(mm, frame, i, pfn, folios);
        }
      } else continue;
      frame.pfn[i] = pte.pfn;
      frame.bits[i] = pte.bits;
    }
  }
  return frame;
}
