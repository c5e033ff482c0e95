/*
 * Most messages say only what batching costs a single page as a whole. How that divides was measured on one
 * machine, by kernels that lack one piece each: commits 43.06 %, struct page lookup 44.47 %, the rest 12.71 %
 * (Chengfeng Lin, 22 Jul 2026, i7-12700KF). The others take these proportions.
 */

/** Struct page lookup, in commits. */
export const LOOKUP_TO_COMMIT: number = 44.47 / 43.06;
/** What neither is, in commits. */
export const REST_TO_COMMIT: number = 12.71 / 43.06;
export const PROPORTIONS = 'proportion of the nine points on an i7-12700KF';
