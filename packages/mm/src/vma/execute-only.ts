import { X86 } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';

/** The first key that the kernel hands out; nothing else in the model allocates one. */
const FIRST_PKEY = 1;

/**
 * Protection key for a mapping that may only be executed: allocated on first use where the CPU has
 * protection keys, 0 elsewhere.
 *
 * @kernel arch/x86/mm/pkeys.c __execute_only_pkey
 */
export function executeOnlyPkey(mm: AddressSpace): number {
  const { arch } = mm.system;
  if (!(arch instanceof X86) || !arch.pku) return 0;
  mm.executeOnlyPkey ||= FIRST_PKEY;
  mm.pkeys.add(mm.executeOnlyPkey);
  return mm.executeOnlyPkey;
}
