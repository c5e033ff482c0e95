import { KPF } from '@ptelab/mm';
import { PAGEMAP_FLAG, type PageRun, type SnapshotVma } from '../snapshot/records.ts';
import type { ModelVma } from './round.ts';

const FLAGS = 2 ** KPF.ANON;
const PAGEMAP = PAGEMAP_FLAG.PRESENT | PAGEMAP_FLAG.EXCLUSIVE;

/** A VMA with other folios, and what that takes. */
export interface Repopulated {
  readonly model: ModelVma;
  /** Pages that it has then. */
  readonly pages: number;
}

/** Blocks of `2 ** order` pages, by number, that have pages of their own now, in order. */
function* touchedBlocks(runs: readonly PageRun[], order: number): Generator<number> {
  let next = 0;
  for (const { kind, vpn, pages } of runs) {
    if (kind !== 'anon') continue;
    const size = 2 ** order;
    const last = Math.floor((vpn + pages - 1) / size);
    for (let block = Math.max(next, Math.floor(vpn / size)); block <= last; block++) yield block;
    next = Math.max(next, last + 1);
  }
}

/** Pages that [from, to) has now. */
function* ownPages(runs: readonly PageRun[], from: number, to: number): Generator<number> {
  for (const { kind, vpn, pages } of runs) {
    if (kind !== 'anon') continue;
    for (let at = Math.max(vpn, from); at < Math.min(vpn + pages, to); at++) yield at;
  }
}

/**
 * The same memory as it would be if every fault had got a folio of `2 ** order` pages: wherever a page is
 * populated, its whole aligned block is. Blocks that do not fit into the VMA keep single pages, as in the kernel:
 * mm/memory.c alloc_anon_folio, thp_vma_suitable_orders.
 */
export function repopulate(model: ModelVma, order: number): Repopulated {
  const { vma, runs } = model;
  const size = 2 ** order;
  const made: PageRun[] = [];
  let pages = 0;
  let frame = size;
  const add = (vpn: number, nr: number): void => {
    const folioOrder = nr === 1 ? 0 : order;
    const page = { pfn: frame, order: folioOrder, mapcount: 1, mapcountMax: 1, pageFlags: FLAGS };
    made.push({ vpn, pages: nr, ...page, kind: 'anon', pagemapFlags: PAGEMAP });
    frame += size;
    pages += nr;
  };
  for (const block of touchedBlocks(runs, order)) {
    const from = block * size;
    if (fits(vma, from, size)) add(from, size);
    else for (const vpn of ownPages(runs, from, from + size)) add(vpn, 1);
  }
  return { model: { ...model, runs: made, pmdMapped: new Set() }, pages };
}

function fits(vma: SnapshotVma, from: number, size: number): boolean {
  return from >= vma.start && from + size <= vma.end;
}
