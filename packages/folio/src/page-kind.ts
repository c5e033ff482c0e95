/**
 * What a page frame is used for, as one small number per frame.
 *
 * `FREE` frames have no owner; `ZERO` is the shared zero page; the others are what a folio holds.
 */
export const PAGE_KIND = {
  FREE: 0,
  ANON: 1,
  FILE: 2,
  KSM: 3,
  ZERO: 4,
  HUGE_ZERO: 5,
} as const;

/** One of the values of {@link PAGE_KIND}. */
export type PageKind = (typeof PAGE_KIND)[keyof typeof PAGE_KIND];
