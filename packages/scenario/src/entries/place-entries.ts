import { folioAddRmapPtes, PAGE_KIND, type PageKind } from '@ptelab/folio';
import type { AddressSpace, System, Vma } from '@ptelab/mm';
import {
  joinMigrationOffset,
  makePte,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  markerEntry,
  type Arch,
  type NonPresentEntry,
  type Pte,
} from '@ptelab/pte';
import type { EntriesOp } from '../op/operation.ts';
import {
  parseEntryWord,
  type EntryFolio,
  type EntryFolioKind,
  type EntryWord,
} from './entry-word.ts';

const KINDS: Readonly<Record<EntryFolioKind, PageKind>> = {
  anon: PAGE_KIND.ANON,
  file: PAGE_KIND.FILE,
  ksm: PAGE_KIND.KSM,
};

/** A process that exists only to share folios. */
const OTHER_MM = -2;

function makeFolio(system: System, folio: EntryFolio): number {
  const { memmap } = system;
  const head = folio.pfn ?? system.allocator.alloc(folio.order);
  if (head === null) throw new RangeError(`no memory for a folio of order ${folio.order}`);
  for (let i = 0; i < 2 ** folio.order; i++) {
    if (memmap.pageKind(head + i) === PAGE_KIND.FREE) continue;
    throw new RangeError(`frame 0x${(head + i).toString(16)} is in use`);
  }
  const kind = folio.kind ?? 'anon';
  memmap.initFolio(head, folio.order, KINDS[kind]);
  const digits = folio.exclusive ?? (kind === 'anon' ? '1' : '0');
  for (let i = 0; i < 2 ** folio.order; i++) {
    memmap.setAnonExclusive(head + i, 1, digits[digits.length === 1 ? 0 : i] === '1');
  }
  if (folio.shared === true) {
    folioAddRmapPtes(memmap, OTHER_MM, head, 2 ** folio.order);
    memmap.folioRefAdd(head, 2 ** folio.order);
  }
  return head;
}

/**
 * Bits of a present entry with these letters (w write, d dirty, y young, s soft-dirty, u userfaultfd
 * marker, c contiguous, n NUMA hint), from the protection that its VMA gives.
 */
export function presentBits(arch: Arch, pageProt: number, letters: string): number {
  let bits = arch.pteMkold(letters.includes('n') ? arch.vmGetPageProt(0) : pageProt);
  if (letters.includes('y')) bits = arch.pteMkyoung(bits);
  if (letters.includes('d')) bits = arch.pteMkdirty(bits);
  bits = letters.includes('s') ? arch.pteMksoftDirty(bits) : arch.pteClearSoftDirty(bits);
  bits = letters.includes('w') ? arch.pteMkwrite(bits) : arch.pteWrprotect(bits);
  if (letters.includes('u')) bits = arch.pteMkuffdWp(bits);
  return letters.includes('c') ? arch.pteMkcont(bits) : bits;
}

const PLAIN: Omit<NonPresentEntry, 'kind' | 'offset'> = {
  type: 0,
  softDirty: false,
  uffdWp: false,
  exclusive: false,
};

function writeEntry(mm: AddressSpace, vma: Vma, word: EntryWord, pfn: number, out: Pte): void {
  const { arch, swap, zeroPfn } = mm.system;
  switch (word.kind) {
    case 'none':
      out.pfn = 0;
      out.bits = 0;
      return;
    case 'zero':
      arch.pfnPte(zeroPfn, arch.pteMkspecial(arch.pteWrprotect(vma.pageProt)), out);
      return;
    case 'swap': {
      const offset = swap.alloc(1);
      swap.write(offset, 0);
      arch.encodeNonPresent({ ...PLAIN, kind: 'swap', offset, exclusive: true }, out);
      return;
    }
    case 'guard':
    case 'uffd-marker':
      arch.encodeNonPresent(
        markerEntry(word.kind === 'guard' ? MARKER_GUARD : MARKER_UFFD_WP),
        out,
      );
      return;
    case 'present':
      arch.pfnPte(pfn, presentBits(arch, vma.pageProt, word.letters), out);
      return;
    default: {
      const offset = joinMigrationOffset({ pfn, young: false, dirty: false }, arch.swapPfnBits);
      arch.encodeNonPresent({ ...PLAIN, kind: word.kind, offset }, out);
    }
  }
}

/**
 * Puts page-table entries and the pages behind them into a state, whether or not memory management
 * would ever lead there. This is how a counter-example of a checker becomes a story.
 *
 * @param base - virtual page of the story's page 0.
 * @throws RangeError if a page is not mapped by a VMA, a folio is unknown or too small, or a frame is
 * in use.
 */
export function placeEntries(mm: AddressSpace, base: number, operation: EntriesOp): void {
  const { memmap } = mm.system;
  const heads = new Map<string, number>();
  for (const [name, folio] of Object.entries(operation.folios ?? {})) {
    heads.set(name, makeFolio(mm.system, folio));
  }
  const pte = makePte();
  for (const [i, text] of operation.pages.entries()) {
    const word = parseEntryWord(text);
    const vpn = base + operation.at + i;
    const vma = mm.vmas.lookup(vpn);
    if (word === null) throw new RangeError(`${JSON.stringify(text)} is no entry`);
    if (vma === undefined) throw new RangeError(`page ${operation.at + i} is not mapped by a VMA`);
    vma.anonVma ??= { id: mm.system.nextId() };
    let pfn = 0;
    if ('folio' in word) {
      const head = heads.get(word.folio);
      const folio = operation.folios?.[word.folio];
      if (head === undefined || folio === undefined) {
        throw new RangeError(`no folio of the step is called ${word.folio}`);
      }
      if (word.page >= 2 ** folio.order) {
        throw new RangeError(`folio ${word.folio} has no page ${word.page}`);
      }
      pfn = head + word.page;
    }
    writeEntry(mm, vma, word, pfn, pte);
    const table = mm.allocTable(vpn);
    table.poke(vpn - table.base, pte);
    if (word.kind !== 'present') continue;
    folioAddRmapPtes(memmap, mm.id, pfn, 1);
    memmap.folioRefAdd(pfn, 1);
  }
  // A folio starts with one reference, of whoever made it: from now on the mappings hold it.
  for (const head of heads.values()) if (memmap.folioMapcount(head) > 0) memmap.folioPut(head, 1);
}
