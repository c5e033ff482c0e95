import type { NonPresentKind } from '@ptelab/pte';

/** What stands at one place of a page table, as the number that a {@link TableFrame} stores. */
export const ENTRY_KIND = {
  noTable: 0,
  empty: 1,
  page: 2,
  /** Part of a huge mapping. */
  huge: 3,
  swap: 4,
  migration: 5,
  device: 6,
  hwpoison: 7,
  marker: 8,
} as const;

/** One of {@link ENTRY_KIND}. */
export type EntryKind = (typeof ENTRY_KIND)[keyof typeof ENTRY_KIND];

const WORDS: Readonly<Record<EntryKind, string>> = {
  [ENTRY_KIND.noTable]: 'no page table',
  [ENTRY_KIND.empty]: 'empty',
  [ENTRY_KIND.page]: 'page',
  [ENTRY_KIND.huge]: 'part of a huge page',
  [ENTRY_KIND.swap]: 'swapped out',
  [ENTRY_KIND.migration]: 'under migration',
  [ENTRY_KIND.device]: 'device memory',
  [ENTRY_KIND.hwpoison]: 'poisoned',
  [ENTRY_KIND.marker]: 'marker',
};

function isEntryKind(kind: number): kind is EntryKind {
  return kind in WORDS;
}

/** A kind in words. */
export function entryKindWords(kind: number): string {
  return isEntryKind(kind) ? WORDS[kind] : 'unknown';
}

/** The kind that stands for a non-present entry. */
export function nonPresentKind(kind: NonPresentKind): EntryKind {
  if (kind.startsWith('migration')) return ENTRY_KIND.migration;
  if (kind.startsWith('device')) return ENTRY_KIND.device;
  if (kind === 'hwpoison') return ENTRY_KIND.hwpoison;
  return kind === 'marker' ? ENTRY_KIND.marker : ENTRY_KIND.swap;
}
