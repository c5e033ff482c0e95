import type { ProtLetters } from '@ptelab/scenario';
import type { PageWindow } from '../model/story-window.ts';

/** Entries that map nothing, as tools put them. */
export type EmptyWord = 'none' | 'zero' | 'swap' | 'guard' | 'uffd-marker';

/** Bits that a tool sets or clears: letters of an entry, and PageAnonExclusive. */
export type PaintBit = 'w' | 'd' | 'y' | 's' | 'u' | 'n' | 'exclusive';

/** What a stroke does to the pages under it. */
export type Tool =
  | { readonly kind: 'folio'; readonly order: number }
  | { readonly kind: 'empty'; readonly word: EmptyWord }
  | { readonly kind: 'bit'; readonly bit: PaintBit; readonly isSet: boolean };

/** One change of a painted story. */
export type Edit =
  | { readonly kind: 'stroke'; readonly tool: Tool; readonly pages: PageWindow }
  | { readonly kind: 'clear' }
  /** What the call after the painted state makes of the protection. */
  | { readonly kind: 'prot'; readonly prot: ProtLetters };

/** Largest page table that is painted. */
export const MOST_PAINTED = 1024;
