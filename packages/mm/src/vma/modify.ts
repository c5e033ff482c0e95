import type { AddressSpace } from '../address-space.ts';
import { vmaAdjustTransHuge } from '../huge/adjust.ts';
import { canMergeAfter, canMergeBefore, canMergeBoth, type MergeCandidate } from './merge.ts';
import { VM_MAYBE_GUARD, VM_SOFTDIRTY } from './flags.ts';
import type { Vma } from './vma.ts';

/** What {@link vmaModify} is to change. Absent fields stay. */
export interface VmaChange {
  readonly flags: number;
  readonly pkey?: number;
  readonly uffd?: number;
}

/**
 * Makes [start, end) of `vma` a VMA of its own, ready for new flags: by joining it to a neighbour
 * that already has them, or else by splitting. Returns that VMA, or an errno name.
 *
 * The caller stores the flags. VM_MAYBE_GUARD of the merged parts is kept ("sticky"), from 6.19 on
 * VM_SOFTDIRTY too; before, the caller's flags overwrote it, which lost a neighbour's bit.
 *
 * @kernel mm/vma.c vma_modify, vma_merge_existing_range, split_vma
 */
export function vmaModify(
  mm: AddressSpace,
  vma: Vma,
  start: number,
  end: number,
  change: VmaChange,
): { vma: Vma; flags: number } | 'ENOMEM' {
  const merged = mergeExistingRange(mm, vma, start, end, change);
  if (merged !== null) return merged;
  if (start > vma.start && splitVma(mm, vma, start) === 'ENOMEM') return 'ENOMEM';
  const own = mm.vmas.lookup(start) ?? vma;
  if (end < own.end && splitVma(mm, own, end) === 'ENOMEM') return 'ENOMEM';
  return { vma: own, flags: change.flags };
}

function mergeExistingRange(
  mm: AddressSpace,
  vma: Vma,
  start: number,
  end: number,
  change: VmaChange,
): { vma: Vma; flags: number } | null {
  const candidate: MergeCandidate = {
    start,
    end,
    pgoff: vma.pgoff + (start - vma.start),
    flags: change.flags,
    pkey: change.pkey ?? vma.pkey,
    vma:
      change.uffd === undefined
        ? vma
        : Object.assign(vma.cloneRange(start, end), { uffd: change.uffd }),
  };
  const before = start === vma.start ? mm.vmas.previous(vma) : undefined;
  const after = end === vma.end ? mm.vmas.next(vma) : undefined;
  const previous = canMergeAfter(candidate, before) ? before : undefined;
  const joinsNext =
    canMergeBefore(candidate, after) &&
    (previous === undefined || (after !== undefined && canMergeBoth(previous, after)));
  const next = joinsNext ? after : undefined;
  if (previous === undefined && next === undefined) return null;
  mm.events.vmaMerges++;
  const softDirty = mm.system.arch.features.stickyVmaFlags ? VM_SOFTDIRTY : 0;
  const all = vma.flags | (previous?.flags ?? 0) | (next?.flags ?? 0);
  const sticky = all & (VM_MAYBE_GUARD | softDirty);
  const into =
    previous !== undefined && next !== undefined
      ? absorbBoth(mm, previous, vma, next)
      : previous !== undefined
        ? growPrevious(mm, previous, vma, end)
        : growNext(mm, next, vma, start);
  into.anonVma ??= vma.anonVma;
  return { vma: into, flags: change.flags | sticky };
}

function absorbBoth(mm: AddressSpace, previous: Vma, vma: Vma, next: Vma): Vma {
  mm.vmas.remove(vma);
  mm.vmas.remove(next);
  mm.events.vmaRemovals += 2;
  previous.end = next.end;
  previous.anonVma ??= next.anonVma;
  return previous;
}

function growPrevious(mm: AddressSpace, previous: Vma, vma: Vma, end: number): Vma {
  vmaAdjustTransHuge(mm, end);
  if (end === vma.end) {
    mm.vmas.remove(vma);
    mm.events.vmaRemovals++;
  } else {
    vma.pgoff += end - vma.start;
    vma.start = end;
  }
  previous.end = end;
  return previous;
}

function growNext(mm: AddressSpace, next: Vma | undefined, vma: Vma, start: number): Vma {
  if (next === undefined) return vma;
  vmaAdjustTransHuge(mm, start);
  if (start === vma.start) {
    mm.vmas.remove(vma);
    mm.events.vmaRemovals++;
  } else vma.end = start;
  next.pgoff -= next.start - start;
  next.start = start;
  return next;
}

/**
 * Splits a VMA in two at page `at`; the existing object keeps the lower part. A huge mapping across
 * the new boundary is split first, under the old page protection.
 *
 * @kernel mm/vma.c __split_vma
 */
export function splitVmaBeyondLimit(mm: AddressSpace, vma: Vma, at: number): void {
  vmaAdjustTransHuge(mm, at);
  mm.events.vmaSplits++;
  const upper = vma.cloneRange(at, vma.end);
  vma.end = at;
  mm.vmas.insert(upper);
}

/**
 * As {@link splitVmaBeyondLimit}, unless the address space has all the VMAs it may have.
 *
 * @kernel mm/vma.c split_vma
 */
function splitVma(mm: AddressSpace, vma: Vma, at: number): 'ok' | 'ENOMEM' {
  if (mm.vmas.all.length >= mm.system.maxMapCount) return 'ENOMEM';
  splitVmaBeyondLimit(mm, vma, at);
  return 'ok';
}
