/** Kinds of folio that an `entries` step may make. */
export type EntryFolioKind = 'anon' | 'file' | 'ksm';

/** A folio that entries of a step map. */
export interface EntryFolio {
  /** log2 of its pages. */
  readonly order: number;
  /** @defaultValue 'anon' */
  readonly kind?: EntryFolioKind;
  /** Frame of its first page, for folios that must lie side by side. @defaultValue the allocator's choice */
  readonly pfn?: number;
  /** PageAnonExclusive: a digit for each page of the folio, or one for all. @defaultValue '1' for anon */
  readonly exclusive?: string;
  /** Mapped by another process as well. @defaultValue false */
  readonly shared?: boolean;
}

/** What one entry holds, taken apart. */
export type EntryWord =
  | { readonly kind: 'none' | 'zero' | 'swap' | 'guard' | 'uffd-marker' }
  | {
      readonly kind: 'migration-read' | 'migration-read-exclusive' | 'migration-write';
      /** Name of the folio, and the page in it. */
      readonly folio: string;
      readonly page: number;
    }
  | {
      readonly kind: 'present';
      readonly folio: string;
      readonly page: number;
      /**
       * w write, d dirty, y young, s soft-dirty, u userfaultfd marker, c contiguous, n NUMA hint (no
       * access, whatever the VMA allows).
       */
      readonly letters: string;
    };

const PLAIN = /^(?:none|zero|swap|guard|uffd-marker)$/;
const MIGRATION = /^(migration-(?:read|read-exclusive|write)):([A-Z])(\d{1,4})$/;
const PRESENT = /^([A-Z])(\d{1,4})(?::([wdysucn]{1,7}))?$/;

/** Every form that {@link parseEntryWord} reads. */
export function entryWordForm(): RegExp {
  return new RegExp(`${PLAIN.source}|${MIGRATION.source}|${PRESENT.source}`);
}

/** Reads an entry of an `entries` step, e.g. `A3:wdy`, `zero` or `migration-write:B0`; null if it is none. */
export function parseEntryWord(word: string): EntryWord | null {
  if (PLAIN.test(word)) return { kind: word as 'none' };
  const [, kind, from, at] = MIGRATION.exec(word) ?? [];
  if (from !== undefined) return { kind: kind as 'migration-read', folio: from, page: Number(at) };
  const [, folio, page, letters] = PRESENT.exec(word) ?? [];
  if (folio === undefined) return null;
  return { kind: 'present', folio, page: Number(page), letters: letters ?? '' };
}
