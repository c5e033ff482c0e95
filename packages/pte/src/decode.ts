import type { DecodedField } from './arch.ts';
import { joinRaw } from './raw.ts';
import type { Pte } from './table.ts';

/** A field of a raw entry, before it is read. */
export interface FieldSpec {
  readonly msb: number;
  readonly lsb: number;
  readonly name: string;
  /** Says what a value means. */
  readonly note: (value: bigint, raw: bigint) => string;
}

/** A flag: one bit with a note for its set state. */
export function flagField(bit: number, name: string, set: string, clear = ''): FieldSpec {
  return { msb: bit, lsb: bit, name, note: (value) => (value === 1n ? set : clear) };
}

/** Reads `specs` out of an entry. */
export function readFields(pte: Readonly<Pte>, specs: readonly FieldSpec[]): DecodedField[] {
  const raw = joinRaw(pte);
  return specs.map(({ msb, lsb, name, note }) => {
    const value = (raw >> BigInt(lsb)) & ((1n << BigInt(msb - lsb + 1)) - 1n);
    return { msb, lsb, name, value, note: note(value, raw) };
  });
}
