import type { Pte } from './table.ts';

const LOW_BITS = 0xfffn;
const HIGH_BITS = 0xfffffn;

/** Splits a raw 64-bit entry into its two words. Lossless; see {@link joinRaw}. */
export function splitRaw(raw: bigint): Pte {
  const pfn = Number((raw >> 12n) & 0xffffffffn) | 0;
  const bits = Number(((raw >> 44n) & HIGH_BITS) << 12n) | Number(raw & LOW_BITS) | 0;
  return { pfn, bits };
}

/** Joins the two words of an entry into the raw 64-bit value, unsigned. */
export function joinRaw(pte: Readonly<Pte>): bigint {
  const high = BigInt(pte.bits >>> 12);
  return (high << 44n) | (BigInt(pte.pfn >>> 0) << 12n) | (BigInt(pte.bits) & LOW_BITS);
}

/** Writes an entry the way dumps do: `0x` and 16 hexadecimal digits. */
export function rawHex(pte: Readonly<Pte>): string {
  return `0x${joinRaw(pte).toString(16).padStart(16, '0')}`;
}

/**
 * Reads a raw entry written in hexadecimal, with or without `0x`.
 *
 * @throws RangeError if the text is not 1 to 16 hexadecimal digits.
 */
export function parseRawHex(text: string): Pte {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text)?.[1];
  if (digits === undefined) {
    throw new RangeError(`expected up to 16 hexadecimal digits, found ${JSON.stringify(text)}`);
  }
  return splitRaw(BigInt(`0x${digits}`));
}
