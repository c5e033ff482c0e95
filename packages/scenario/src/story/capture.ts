import { HugePmd, VM_SOFTDIRTY, type AddressSpace } from '@ptelab/mm';
import { PteTable, rawHex, VM_EXEC, VM_READ, VM_SHARED, VM_WRITE, type Pte } from '@ptelab/pte';

/** One page of a {@link PageDump}. */
export interface DumpedPage {
  /** Raw entry, 0x and 16 digits; null if there is no leaf table. */
  readonly pte: string | null;
  /** Frame that the page is mapped to, or null. */
  readonly pfn: number | null;
  /** Order of the folio behind it, or null. */
  readonly folioOrder: number | null;
  /** PageAnonExclusive, or null where it means nothing. */
  readonly anonExclusive: boolean | null;
  /** Mappings of this very page by single entries, or null. */
  readonly mapcount: number | null;
}

/** Page tables of a range, as plain data. */
export interface PageDump {
  readonly at: number;
  readonly pages: readonly DumpedPage[];
  /** Raw huge mappings, one for each PMD of the range; null where the PMD is a table or empty. */
  readonly hugePmds: readonly (string | null)[];
}

/** One VMA, page numbers relative to the story's window. */
export interface DumpedVma {
  readonly at: number;
  readonly pages: number;
  /** As in /proc/PID/maps: rwx and p or s. */
  readonly perms: string;
  readonly softDirty: boolean;
}

const EMPTY: DumpedPage = {
  pte: null,
  pfn: null,
  folioOrder: null,
  anonExclusive: null,
  mapcount: null,
};

function dumpPage(mm: AddressSpace, raw: string | null, pfn: number, special: boolean): DumpedPage {
  const { memmap } = mm.system;
  if (special) return { ...EMPTY, pte: raw, pfn };
  return {
    pte: raw,
    pfn,
    folioOrder: memmap.folioOrder(pfn),
    anonExclusive: memmap.isAnon(pfn) ? memmap.anonExclusive(pfn) : null,
    mapcount: memmap.mapcount(pfn),
  };
}

function dumpLeaf(mm: AddressSpace, table: PteTable, index: number, pte: Pte): DumpedPage {
  const { arch } = mm.system;
  table.peek(index, pte);
  if (!arch.ptePresent(pte.bits)) return { ...EMPTY, pte: rawHex(pte) };
  return dumpPage(mm, rawHex(pte), arch.ptePfn(pte), arch.pteSpecial(pte.bits));
}

/**
 * Reads the page tables of `pages` pages without disturbing them.
 *
 * @param base - virtual page of the story's page 0.
 */
export function dumpPages(mm: AddressSpace, base: number, at: number, pages: number): PageDump {
  const { arch } = mm.system;
  const pte: Pte = { pfn: 0, bits: 0 };
  const dumped: DumpedPage[] = [];
  const hugePmds: (string | null)[] = [];
  for (let i = 0; i < pages; i++) {
    const vpn = base + at + i;
    const pmd = mm.pmd(vpn);
    if (i === 0 || vpn % mm.pmdPages === 0) {
      hugePmds.push(pmd instanceof HugePmd ? rawHex(pmd.entry) : null);
    }
    if (pmd === undefined) dumped.push(EMPTY);
    else if (pmd instanceof PteTable) dumped.push(dumpLeaf(mm, pmd, vpn - pmd.base, pte));
    else if (!arch.ptePresent(pmd.entry.bits)) dumped.push(EMPTY);
    else dumped.push(dumpPage(mm, null, arch.pmdPfn(pmd.entry) + (vpn - pmd.base), false));
  }
  return { at, pages: dumped, hugePmds };
}

/** Lists the VMAs. */
export function dumpVmas(mm: AddressSpace, base: number): DumpedVma[] {
  return mm.vmas.all.map((vma) => ({
    at: vma.start - base,
    pages: vma.end - vma.start,
    perms: [
      (vma.flags & VM_READ) !== 0 ? 'r' : '-',
      (vma.flags & VM_WRITE) !== 0 ? 'w' : '-',
      (vma.flags & VM_EXEC) !== 0 ? 'x' : '-',
      (vma.flags & VM_SHARED) !== 0 ? 's' : 'p',
    ].join(''),
    softDirty: (vma.flags & VM_SOFTDIRTY) !== 0,
  }));
}
