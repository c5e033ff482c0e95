import type { Arch, Pte } from '@ptelab/pte';

/** One field of an entry, ready to show. */
export interface Field {
  readonly bits: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** Value before, or null if it is the same or there was no such field. */
  readonly was: string | null;
}

function fieldsOf(arch: Arch, pte: Readonly<Pte>): Omit<Field, 'was'>[] {
  return arch.decode(pte).map(({ msb, lsb, name, value, note }) => ({
    bits: msb === lsb ? String(msb) : `${msb}:${lsb}`,
    name,
    value: msb === lsb ? String(value) : `0x${value.toString(16)}`,
    note,
  }));
}

/**
 * Explains an entry field by field, highest bit first; nothing for an empty one.
 *
 * @param before - the entry to compare it with, or null.
 */
export function explainEntry(
  arch: Arch,
  pte: Readonly<Pte>,
  before: Readonly<Pte> | null,
): Field[] {
  if (arch.pteNone(pte)) return [];
  // By bits: x86-64 names bit 8 differently in entries without access.
  const old = new Map(
    (before === null ? [] : fieldsOf(arch, before)).map(({ bits, value }) => [bits, value]),
  );
  return fieldsOf(arch, pte).map((field) => {
    const was = old.get(field.bits) ?? field.value;
    return { ...field, was: was === field.value ? null : was };
  });
}
