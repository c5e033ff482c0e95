import {
  copyVma,
  mmapFixed,
  mremapFixed,
  munmap,
  UnsupportedError,
  VM_ACCESS_FLAGS,
  VM_NORESERVE,
  VM_NOHUGEPAGE,
  VM_GROWSDOWN,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { VM_SHARED } from '@ptelab/pte';

/** A move in pages. */
export interface Move {
  readonly start: number;
  readonly oldPages: number;
  readonly target: number;
  readonly newPages: number;
  readonly keepsOld: boolean;
}

/** A new mapping like `vma`, empty. */
function mapAlike(mm: AddressSpace, vma: Vma, start: number, nr: number, pgoff: number): void {
  mmapFixed(mm, {
    start,
    nr,
    prot: vma.flags & VM_ACCESS_FLAGS,
    shared: (vma.flags & VM_SHARED) !== 0,
    file: vma.file,
    pgoff,
    vmFlags: vma.flags & (VM_NORESERVE | VM_NOHUGEPAGE | VM_GROWSDOWN),
  });
}

/** Lets the mapping that ends at `end` go on to `newEnd`. */
function grow(mm: AddressSpace, end: number, newEnd: number): void {
  const vma = mm.vmas.lookup(end - 1);
  if (vma?.end !== end) throw new UnsupportedError('mremap that grows a part of a mapping');
  munmap(mm, end, newEnd);
  vma.end = newEnd;
}

/**
 * `mremap` as a log tells it: the mapping shrinks, moves and grows, in this order.
 *
 * @returns `emptied` if the pages could not be moved: they lie empty at the new place. EINVAL if the old
 * and the new place overlap.
 * @throws UnsupportedError for what the model can't tell at all.
 * @kernel mm/mremap.c do_mremap, mremap_to, move_vma
 */
export function moveMemory(mm: AddressSpace, move: Move): 'moved' | 'emptied' | 'EINVAL' {
  const { start, target, oldPages, newPages, keepsOld } = move;
  const overlaps = start < target + newPages && target < start + oldPages;
  if (target !== start && overlaps) return 'EINVAL';
  const vma = mm.vmas.lookup(start);
  if (vma === undefined) throw new UnsupportedError('mremap of nothing');
  if (oldPages === 0) {
    mapAlike(mm, vma, target, newPages, vma.pgoff + (start - vma.start));
    return 'moved';
  }
  const kept = Math.min(oldPages, newPages);
  if (kept < oldPages) munmap(mm, start + kept, start + oldPages);
  let result: 'moved' | 'emptied' = 'moved';
  if (target !== start) {
    const source = vma.cloneRange(Math.max(vma.start, start), Math.min(vma.end, start + kept));
    try {
      mremapFixed(mm, start, kept, target);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      result = 'emptied';
      if (source.end < start + kept) throw error;
      munmap(mm, target, target + kept);
      mm.vmas.insert(copyVma(mm, source, start, kept, target));
      munmap(mm, start, start + kept);
    }
    if (keepsOld) mapAlike(mm, source, start, kept, source.pgoff);
  }
  if (kept < newPages) grow(mm, target + kept, target + newPages);
  return result;
}
