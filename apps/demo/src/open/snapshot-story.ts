import {
  PAGEMAP_FLAG,
  type PageRun,
  type SnapshotFile,
  type SnapshotVma,
} from '@ptelab/kernel/formats';
import { entriesOfCells, type CellFolio, type EntryCell, type ProtLetters } from '@ptelab/scenario';
import { sizeText } from '../model/size-text.ts';
import { foldBlocks, type PaintedTable } from '../paint/painted-table.ts';
import { madeStory } from './made-story.ts';
import type { Choice, OpenedStory } from './opened.ts';

const PAGE = 4096;
/** Pages of a VMA that become a story: as many as one page table has. */
const MOST_STORY_PAGES = 512;
const BLOCK = 16;

/** A VMA of private anonymous memory, with what its pages were mapped to. */
export interface SnapshotMemory {
  readonly vma: SnapshotVma;
  readonly runs: readonly PageRun[];
}

function mappedPages({ runs }: SnapshotMemory): number {
  return runs.reduce((sum, { kind, pages }) => sum + (kind === 'anon' ? pages : 0), 0);
}

/**
 * The private anonymous memory of a snapshot, most pages first.
 *
 * @throws PtelabInputError for a damaged file; RangeError if there is no such memory in it.
 */
export async function memoriesIn(
  name: string,
  { records }: SnapshotFile,
): Promise<SnapshotMemory[]> {
  const memories: { vma: SnapshotVma; runs: PageRun[] }[] = [];
  for await (const record of records()) {
    if (record.row === 'vma') memories.push({ vma: record.vma, runs: [] });
    else memories.at(-1)?.runs.push(record.run);
  }
  const found = memories
    .filter((memory) => memory.vma.perms.endsWith('p') && mappedPages(memory) > 0)
    .toSorted((a, b) => mappedPages(b) - mappedPages(a));
  if (found.length === 0) {
    throw new RangeError(`${name}: expected private anonymous memory, found none`);
  }
  return found;
}

export function memoryChoice(memory: SnapshotMemory): Choice {
  const { vma } = memory;
  const orders = new Map<number, number>();
  for (const { kind, order, pages } of memory.runs) {
    if (kind === 'anon' && order !== null) orders.set(order, (orders.get(order) ?? 0) + pages);
  }
  const folios = [...orders]
    .toSorted(([a], [b]) => a - b)
    .map(([order, pages]) => `${sizeText(pages)} in folios of ${sizeText(2 ** order)}`);
  const place = vma.path === '' ? `0x${(vma.start * PAGE).toString(16)}` : vma.path;
  return {
    label: `${vma.comm} ${vma.pid}: ${sizeText(mappedPages(memory))} at ${place}`,
    detail: [vma.perms, ...folios].join(', '),
  };
}

/** Makes cells of runs: one folio for each that their frames show. */
class CellMaker {
  readonly #letters: string;
  readonly #folios = new Map<number, CellFolio>();

  constructor(perms: string) {
    this.#letters = perms.includes('w') ? 'wdy' : 'y';
  }

  cellOf(run: PageRun, i: number): EntryCell {
    if (run.kind === 'zero') return { kind: 'zero' };
    if (run.kind === 'swap') return { kind: 'swap' };
    if ((run.pagemapFlags & PAGEMAP_FLAG.GUARD) !== 0) return { kind: 'guard' };
    if (run.kind !== 'anon' && run.kind !== 'ksm' && run.kind !== 'file') return { kind: 'none' };
    const order = run.order ?? 0;
    const pfn = (run.pfn ?? 0) + i;
    const isExclusive = run.kind === 'anon' && (run.mapcountMax ?? 1) <= 1;
    const head = pfn - (pfn % 2 ** order);
    const soft = (run.pagemapFlags & PAGEMAP_FLAG.SOFT_DIRTY) !== 0 ? 's' : '';
    const uffd = (run.pagemapFlags & PAGEMAP_FLAG.UFFD_WP) !== 0 ? 'u' : '';
    const writes = isExclusive && uffd === '' ? this.#letters : this.#letters.replace('w', '');
    return {
      kind: 'present',
      folio: this.#folio(head, order, run.kind, isExclusive),
      page: pfn - head,
      letters: writes + soft + uffd,
    };
  }

  #folio(
    head: number,
    order: number,
    kind: 'anon' | 'file' | 'ksm',
    isExclusive: boolean,
  ): CellFolio {
    const known = this.#folios.get(head);
    if (known !== undefined) return known;
    const exclusive = (isExclusive ? '1' : '0').repeat(2 ** order);
    const folio = { order, kind, exclusive, shared: !isExclusive && kind === 'anon' };
    this.#folios.set(head, folio);
    return folio;
  }
}

function protOf(perms: string): ProtLetters {
  const letters = perms.slice(0, 3).replaceAll('-', '');
  return letters === '' ? 'none' : (letters as ProtLetters);
}

/** The story of a VMA: its first pages as they were mapped, and a call that makes them read-only. */
export function memoryStory(name: string, { vma, runs }: SnapshotMemory): OpenedStory {
  const [firstRun] = runs;
  const firstVpn = firstRun?.vpn ?? vma.start;
  // Blocks of the story are blocks of the process.
  const base = firstVpn - (firstVpn % BLOCK);
  const start = Math.max(base, vma.start);
  const end = Math.min(vma.end, base + MOST_STORY_PAGES);
  const cells: EntryCell[] = Array.from({ length: end - base }, () => ({ kind: 'none' }));
  const maker = new CellMaker(vma.perms);
  for (const run of runs) {
    for (let i = 0; i < run.pages && run.vpn + i < end; i++) {
      cells[run.vpn + i - base] = maker.cellOf(run, i);
    }
  }
  const range = { at: start - base, pages: end - start };
  const prot = protOf(vma.perms);
  const vmas = [{ ...range, prot }];
  const table: PaintedTable = foldBlocks({ at: 0, cells, vmas }, { at: 0, pages: cells.length });
  return madeStory({
    name: `${vma.comm}-${vma.pid}`,
    title: `${vma.comm}: ${range.pages} pages at 0x${(base * PAGE).toString(16)}`,
    description: `From ${name}. A snapshot has no page-table entries: pages are taken to be written, if they may be, and blocks to be contiguous where they can.`,
    making: [{ op: 'mmap', ...range, prot, kind: 'anon' }, ...entriesOfCells(0, table.cells)],
    call: { op: 'mprotect', ...range, prot: prot === 'r' ? 'none' : 'r' },
  });
}
