import type { Pte, PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';

/** Marks an entry that allows the access young, and dirty for a write, on CPUs that don't do it. */
export function raiseAccessFlags(
  mm: AddressSpace,
  table: PteTable,
  index: number,
  original: Readonly<Pte>,
  write: boolean,
): void {
  const { arch } = mm.system;
  const young = arch.pteMkyoung(original.bits);
  const bits = write ? arch.pteMkdirty(young) : young;
  const changed = arch.ptepSetAccessFlags(mm, table, index, { pfn: original.pfn, bits }, write);
  if (!changed && write) arch.flushTlbFixSpuriousFault(mm, table.base + index);
}
