import type { CellFolio, EntryCell, ProtLetters } from '@ptelab/scenario';
import type { PageWindow } from '../model/story-window.ts';
import type { PaintBit, Tool } from './edit.ts';

/** A VMA of private anonymous memory. */
export interface PaintedVma extends PageWindow {
  readonly prot: ProtLetters;
}

/** A page table that is painted. */
export interface PaintedTable {
  /** Page of the first cell; whole blocks begin here. */
  readonly at: number;
  readonly cells: readonly EntryCell[];
  /** Later ones lie over earlier ones, as with mmap. */
  readonly vmas: readonly PaintedVma[];
}

/** Entries of a contiguous block of arm64 with pages of 4K; on x86-64 the mark means nothing. */
const CONT_PTES = 16;

function vmaAt({ vmas }: PaintedTable, page: number): PaintedVma | undefined {
  return vmas.findLast(({ at, pages }) => page >= at && page < at + pages);
}

/** Bits of a page that was just written, or read where it may not be written. */
function freshLetters({ prot }: PaintedVma): string {
  return prot.includes('w') ? 'wdys' : 'y';
}

function withLetter(letters: string, letter: string, isSet: boolean): string {
  const without = letters.replace(letter, '');
  return isSet ? without + letter : without;
}

function withDigit(folio: CellFolio, page: number, isSet: boolean): CellFolio {
  const { exclusive } = folio;
  const digit = isSet ? '1' : '0';
  return { ...folio, exclusive: exclusive.slice(0, page) + digit + exclusive.slice(page + 1) };
}

/** Paints on a copy of a table's cells. */
class Brush {
  readonly #table: PaintedTable;
  readonly cells: EntryCell[];

  constructor(table: PaintedTable) {
    this.#table = table;
    this.cells = [...table.cells];
  }

  /** Maps aligned folios wherever the stroke comes; returns what it has changed. */
  folios(order: number, { at, pages }: PageWindow): PageWindow {
    const nr = 2 ** order;
    const first = at - (at % nr);
    const end = Math.ceil((at + pages) / nr) * nr;
    for (let start = first; start < end; start += nr) {
      const exclusive = '1'.repeat(nr);
      const folio: CellFolio = { order, kind: 'anon', exclusive, shared: false };
      for (let page = 0; page < nr; page++) {
        const vma = vmaAt(this.#table, start + page);
        if (vma === undefined) continue;
        const letters = freshLetters(vma);
        this.#put(start + page, { kind: 'present', folio, page, letters });
      }
    }
    return { at: first, pages: end - first };
  }

  empty(cell: EntryCell, { at, pages }: PageWindow): void {
    for (let page = at; page < at + pages; page++) {
      if (vmaAt(this.#table, page) !== undefined) this.#put(page, cell);
    }
  }

  bits(bit: PaintBit, isSet: boolean, { at, pages }: PageWindow): void {
    for (let page = at; page < at + pages; page++) {
      const cell = this.cells[page - this.#table.at];
      if (cell?.kind !== 'present') continue;
      if (bit === 'exclusive') this.#replace(cell.folio, withDigit(cell.folio, cell.page, isSet));
      else this.#put(page, { ...cell, letters: withLetter(cell.letters, bit, isSet) });
    }
  }

  /** Marks the blocks of a range as contiguous that may be, and only those. */
  fold({ at, pages }: PageWindow): void {
    const first = at - (at % CONT_PTES);
    for (let start = first; start < at + pages; start += CONT_PTES) {
      const isBlock = this.#isBlock(start);
      for (let page = start; page < start + CONT_PTES; page++) {
        const cell = this.cells[page - this.#table.at];
        if (cell?.kind !== 'present') continue;
        this.#put(page, { ...cell, letters: withLetter(cell.letters, 'c', isBlock) });
      }
    }
  }

  #isBlock(start: number): boolean {
    const head = this.cells[start - this.#table.at];
    if (head?.kind !== 'present' || head.page % CONT_PTES !== 0) return false;
    const letters = withLetter(head.letters, 'c', false);
    const vma = vmaAt(this.#table, start);
    for (let i = 0; i < CONT_PTES; i++) {
      const cell = this.cells[start + i - this.#table.at];
      if (cell?.kind !== 'present' || cell.folio !== head.folio) return false;
      if (cell.page !== head.page + i || vmaAt(this.#table, start + i) !== vma) return false;
      if (withLetter(cell.letters, 'c', false) !== letters) return false;
    }
    return true;
  }

  #put(page: number, cell: EntryCell): void {
    const i = page - this.#table.at;
    if (i >= 0 && i < this.cells.length) this.cells[i] = cell;
  }

  #replace(old: CellFolio, folio: CellFolio): void {
    for (const [i, cell] of this.cells.entries()) {
      if ('folio' in cell && cell.folio === old) this.cells[i] = { ...cell, folio };
    }
  }
}

/** A table whose blocks in a range are contiguous where they may be, and nowhere else. */
export function foldBlocks(table: PaintedTable, range: PageWindow): PaintedTable {
  const brush = new Brush(table);
  brush.fold(range);
  return { ...table, cells: brush.cells };
}

/**
 * A table after one stroke of a tool. Folios are put where their size aligns them, and what they cover of
 * others goes; pages outside of VMAs stay empty.
 */
export function paint(table: PaintedTable, tool: Tool, pages: PageWindow): PaintedTable {
  const brush = new Brush(table);
  let changed = pages;
  if (tool.kind === 'folio') changed = brush.folios(tool.order, pages);
  else if (tool.kind === 'empty') brush.empty({ kind: tool.word }, pages);
  else brush.bits(tool.bit, tool.isSet, pages);
  brush.fold(changed);
  return { ...table, cells: brush.cells };
}
