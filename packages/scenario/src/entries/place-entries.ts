import { folioAddRmapPtes, PAGE_KIND, type PageKind } from '@ptelab/folio';
import type { AddressSpace, System } from '@ptelab/mm';
import { makePte } from '@ptelab/pte';
import type { EntriesOp } from '../op/operation.ts';
import { encodeEntry } from './encode-entry.ts';
import { parseEntryWord, type EntryFolio, type EntryFolioKind } from './entry-word.ts';

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

/** Takes a swap slot that holds a page full of zeroes. */
function takeSwapSlot({ swap }: System): number {
  const slot = swap.alloc(1);
  swap.write(slot, 0);
  return slot;
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
  const { memmap, zeroPfn } = mm.system;
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
    const swapSlot = word.kind === 'swap' ? takeSwapSlot(mm.system) : 0;
    encodeEntry(mm.system.arch, word, { pageProt: vma.pageProt, pfn, zeroPfn, swapSlot }, pte);
    const table = mm.allocTable(vpn);
    table.poke(vpn - table.base, pte);
    if (word.kind !== 'present') continue;
    folioAddRmapPtes(memmap, mm.id, pfn, 1);
    memmap.folioRefAdd(pfn, 1);
  }
  // A folio starts with one reference, of whoever made it: from now on the mappings hold it.
  for (const head of heads.values()) if (memmap.folioMapcount(head) > 0) memmap.folioPut(head, 1);
}
