import type { Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';

/** What a fault on a single entry is about; `absent` entries say more (`decodeNonPresent`). */
export type PteFault = 'absent' | 'access-flags' | 'missing' | 'numa-hint' | 'write-protect';

/**
 * Sorts a fault by the entry that it found. Changes nothing.
 *
 * @kernel mm/memory.c handle_pte_fault
 */
export function decidePteFault(
  mm: AddressSpace,
  original: Readonly<Pte>,
  write: boolean,
): PteFault {
  const { arch } = mm.system;
  if (arch.pteNone(original)) return 'missing';
  if (!arch.ptePresent(original.bits)) return 'absent';
  if (arch.pteProtnone(original.bits)) return 'numa-hint';
  return write && !arch.pteWrite(original.bits) ? 'write-protect' : 'access-flags';
}
