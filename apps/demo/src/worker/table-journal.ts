import { HugePmd, type AddressSpace } from '@ptelab/mm';
import { makePte, PteTable } from '@ptelab/pte';
import { ENTRY_KIND } from '../model/entry-kind.ts';
import type { FilmChanges } from '../model/film.ts';
import type { TableFrame } from '../model/table-frame.ts';
import { leafKind } from './capture-frame.ts';
import { GrowingColumns } from './growing-columns.ts';

/**
 * Writes down which entries changed since it looked last, entry by entry, by comparing the page tables with
 * its own copy. So what a film shows is what the tables held, whatever the calls in between did.
 */
export class TableJournal {
  readonly #mm: AddressSpace;
  /** Virtual page of element 0. */
  readonly #first: number;
  readonly #pages: number;
  readonly #kind: Uint8Array;
  readonly #pfn: Int32Array;
  readonly #bits: Int32Array;
  /** What each PMD held when it was looked at last. */
  readonly #pmds = new Map<number, unknown>();
  readonly #rows = new GrowingColumns(7);
  readonly #pte = makePte();

  /** @param first - virtual page of the frame's first page. */
  constructor(mm: AddressSpace, first: number, before: TableFrame) {
    this.#mm = mm;
    this.#first = first;
    this.#pages = before.pages;
    this.#kind = before.kind.slice();
    this.#pfn = before.pfn.slice();
    this.#bits = before.bits.slice();
    for (let i = 0; i < before.pages; i = this.#tableEnd(i)) {
      this.#pmds.set(mm.pmdIndex(first + i), mm.pmd(first + i));
    }
  }

  /** Changes so far. */
  get length(): number {
    return this.#rows.length;
  }

  #tableEnd(i: number): number {
    return this.#mm.pmdAddrEnd(this.#first + i, this.#first + this.#pages) - this.#first;
  }

  /** Looks at the elements [from, to), and at whole tables that are not the ones that were there. */
  look(from: number, to: number): void {
    const end = Math.min(to, this.#pages);
    for (let i = Math.max(from, 0); i < end;) {
      const tableEnd = this.#tableEnd(i);
      const vpn = this.#first + i;
      const pmd = this.#mm.pmd(vpn);
      const index = this.#mm.pmdIndex(vpn);
      if (this.#pmds.get(index) === pmd) this.#compare(pmd, i, Math.min(end, tableEnd));
      else {
        this.#pmds.set(index, pmd);
        this.#compare(pmd, Math.max(0, this.#mm.pmdBase(vpn) - this.#first), tableEnd);
      }
      i = tableEnd;
    }
  }

  #compare(pmd: PteTable | HugePmd | undefined, from: number, to: number): void {
    if (pmd instanceof PteTable) {
      this.#compareTable(pmd, from, to);
      return;
    }
    for (let i = from; i < to; i++) {
      if (pmd instanceof HugePmd) this.#put(i, ENTRY_KIND.huge, pmd.entry.pfn, pmd.entry.bits);
      else this.#put(i, ENTRY_KIND.noTable, 0, 0);
    }
  }

  #compareTable(table: PteTable, from: number, to: number): void {
    const { arch } = this.#mm.system;
    const pte = this.#pte;
    const kinds = this.#kind;
    const pfns = this.#pfn;
    const allBits = this.#bits;
    const offset = this.#first - table.base;
    for (let i = from; i < to; i++) {
      const pfn = table.pfn[i + offset] ?? 0;
      const bits = table.bits[i + offset] ?? 0;
      const kind = kinds[i];
      const wasEntry = kind !== ENTRY_KIND.huge && kind !== ENTRY_KIND.noTable;
      if (wasEntry && pfns[i] === pfn && allBits[i] === bits) continue;
      pte.pfn = pfn;
      pte.bits = bits;
      this.#put(i, leafKind(arch, pte), pfn, bits);
    }
  }

  #put(i: number, kind: number, pfn: number, bits: number): void {
    const oldKind = this.#kind[i] ?? 0;
    const oldPfn = this.#pfn[i] ?? 0;
    const oldBits = this.#bits[i] ?? 0;
    if (oldKind === kind && oldPfn === pfn && oldBits === bits) return;
    const row = this.#rows.add();
    this.#rows.set(row, 0, i);
    this.#rows.set(row, 1, oldPfn);
    this.#rows.set(row, 2, oldBits);
    this.#rows.set(row, 3, pfn);
    this.#rows.set(row, 4, bits);
    this.#rows.set(row, 5, oldKind);
    this.#rows.set(row, 6, kind);
    this.#kind[i] = kind;
    this.#pfn[i] = pfn;
    this.#bits[i] = bits;
  }

  /**
   * Notes that the elements [from, to) read as empty for a moment, although the model does not take the detour:
   * break-before-make of a contiguous block.
   */
  noteCleared(from: number, to: number): void {
    for (let i = Math.max(from, 0); i < Math.min(to, this.#pages); i++) {
      this.#put(i, ENTRY_KIND.empty, 0, 0);
    }
  }

  /** All changes so far. */
  changes(): FilmChanges {
    return {
      index: this.#rows.column(0),
      oldPfn: this.#rows.column(1),
      oldBits: this.#rows.column(2),
      newPfn: this.#rows.column(3),
      newBits: this.#rows.column(4),
      oldKind: Uint8Array.from(this.#rows.column(5)),
      newKind: Uint8Array.from(this.#rows.column(6)),
    };
  }
}
