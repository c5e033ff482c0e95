/*
 * Written down before anything was fitted. Families are the first letters of the recorded scenarios;
 * recordings/README.md says what is in them.
 */

/** Families that coefficients are fitted to. */
export const FIT_FAMILIES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'm'];

/** Families that coefficients are validated on, and that nothing is fitted to. */
export const VALIDATION_FAMILIES: readonly string[] = ['f', 'g', 'h', 'i', 'j', 'k', 'l'];

/** Bounds of the relative error on the validation families. */
export const INSTRUCTION_BOUNDS: { readonly median: number; readonly p95: number } = {
  median: 0.05,
  p95: 0.15,
};
