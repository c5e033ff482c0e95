/**
 * The two 32-bit words that hold one 64-bit page-table entry without loss.
 *
 * The `pfn` word is raw bits 43:12, the `bits` word is raw bits 11:0 in place and raw bits 63:44
 * moved down to 31:12. Both are signed int32, so that an `Int32Array` element, a mask and an
 * expression result always compare in the same form. Raw bit n of the bits word has the mask `1 << n`
 * below 12 and `1 << (n - 32)` from 44 on.
 */

/**
 * Reads an element that is known to exist.
 *
 * Indexing a typed array gives `number | undefined` under noUncheckedIndexedAccess; table code
 * stays inside its table by construction, and a check per entry would double the price of a scan.
 */
export function wordAt(words: Int32Array, index: number): number {
  return words[index] as number; // eslint-disable-line @typescript-eslint/non-nullable-type-assertion-style
}
