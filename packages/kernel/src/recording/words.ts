import type { Pte } from '@ptelab/pte';

/** Reads `0x` and 16 hexadecimal digits into the two words of an entry, without BigInt. */
export function wordsOfHex(hex: string, out: Pte): void {
  const high = Number.parseInt(hex.slice(2, 10), 16);
  const low = Number.parseInt(hex.slice(10), 16);
  out.pfn = (low >>> 12) | (high << 20);
  out.bits = (high & ~0xfff) | (low & 0xfff);
}

/** The low 32 bits of a 64-bit hexadecimal number, unsigned. */
export function lowWord(hex: string): number {
  return Number.parseInt(hex.slice(-8), 16);
}

/** Digits of a pagemap value that hold its page frame: 52 of the 55 bits, exact as a number. */
const PFN_DIGITS = 13;

/** Page frame of a pagemap value, or null if the page is not present or the frame hidden. */
export function pagemapPfn(hex: string | null): number | null {
  if (hex === null) return null;
  const present = (Number.parseInt(hex.slice(2, 3), 16) & 8) !== 0;
  const pfn = Number.parseInt(hex.slice(-PFN_DIGITS), 16);
  return present && pfn !== 0 ? pfn : null;
}

/** The flags of a pagemap value: bits 63:55. */
export function pagemapFlags(hex: string): number {
  return Number.parseInt(hex.slice(2, 5), 16) >>> 3;
}

/** The frame field of a pagemap value. */
export function pagemapFrame(hex: string): number {
  return Number.parseInt(hex.slice(-PFN_DIGITS), 16);
}

/** A 64-bit hexadecimal number of which at most 52 bits are in use. */
export function wideNumber(hex: string): number {
  return Number.parseInt(hex.slice(-PFN_DIGITS), 16);
}
