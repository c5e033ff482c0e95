import { VM_SOFTDIRTY, type AddressSpace } from '@ptelab/mm';
import { STORY_BASE_VPN } from '@ptelab/scenario';
import type { Finding } from '../invariants/invariant.ts';
import type { SpaceInvariant } from './space-rules.ts';

/** Pages [start, end) that are reported as soft-dirty as a whole. */
export interface SoftDirtyRange {
  readonly start: number;
  readonly end: number;
}

export const SOFT_DIRTY_REPORTED: SpaceInvariant = {
  name: 'soft-dirty-reported',
  rule: 'A VMA that counts as soft-dirty as a whole still does after mprotect.',
  reason: 'A checkpoint would skip pages that were modified (a bug of kernels up to 6.18).',
};

/** The VMAs that count as soft-dirty as a whole. */
export function softDirtyVmas(mm: AddressSpace): SoftDirtyRange[] {
  return mm.vmas.all
    .filter(({ flags }) => (flags & VM_SOFTDIRTY) !== 0)
    .map(({ start, end }) => ({ start, end }));
}

/** The first page that counted as soft-dirty in `before` and lies in a VMA that does not now. */
export function softDirtyLost(mm: AddressSpace, before: readonly SoftDirtyRange[]): Finding | null {
  if (!mm.system.arch.softDirty) return null;
  for (const { start, end } of before) {
    for (const vma of mm.vmas.overlapping(start, end)) {
      if ((vma.flags & VM_SOFTDIRTY) !== 0) continue;
      const slot = Math.max(start, vma.start) - STORY_BASE_VPN;
      const text = `page ${slot} lay in a VMA that counts as soft-dirty, and does no more`;
      return { invariant: SOFT_DIRTY_REPORTED.name, slot, text };
    }
  }
  return null;
}
