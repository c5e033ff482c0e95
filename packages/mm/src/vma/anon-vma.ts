import type { AddressSpace } from '../address-space.ts';
import { VM_ACCESS_FLAGS, VM_IGNORE_MERGE } from './flags.ts';
import type { AnonVma, Vma } from './vma.ts';

/** A neighbour's anon_vma serves if the two VMAs could be one after a change of protection. */
function reusable(
  lower: Vma | undefined,
  upper: Vma | undefined,
  from: Vma | undefined,
): AnonVma | null {
  if (lower === undefined || upper === undefined || from?.anonVma == null) return null;
  const compatible =
    lower.end === upper.start &&
    lower.file === upper.file &&
    ((lower.flags ^ upper.flags) & ~(VM_ACCESS_FLAGS | VM_IGNORE_MERGE)) === 0 &&
    upper.pgoff === lower.pgoff + (upper.start - lower.start);
  return compatible ? from.anonVma : null;
}

/**
 * Gives a VMA its anon_vma before its first anonymous page.
 *
 * @kernel mm/rmap.c __anon_vma_prepare; mm/vma.c find_mergeable_anon_vma
 */
export function anonVmaPrepare(mm: AddressSpace, vma: Vma): void {
  if (vma.anonVma !== null) return;
  const next = mm.vmas.next(vma);
  const previous = mm.vmas.previous(vma);
  vma.anonVma = reusable(vma, next, next) ??
    reusable(previous, vma, previous) ?? { id: mm.system.nextId() };
}
