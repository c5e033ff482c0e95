import { VM_EXEC, VM_SHARED, VM_WRITE } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { executeOnlyPkey } from '../vma/execute-only.ts';
import {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_IGNORE_MERGE,
  VM_MAYBE_GUARD,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_NORESERVE,
  VM_SOFTDIRTY,
} from '../vma/flags.ts';
import { canMergeAfter, canMergeBefore, canMergeBoth } from '../vma/merge.ts';
import { vmaSetPageProt } from '../vma/page-prot.ts';
import { Vma, type VmFile } from '../vma/vma.ts';
import { munmap } from './munmap.ts';

/** What {@link mmapFixed} maps. Units are pages. */
export interface MmapRequest {
  readonly start: number;
  readonly nr: number;
  /** VM_READ, VM_WRITE and VM_EXEC. */
  readonly prot: number;
  readonly shared: boolean;
  /** Mapped object, or null for private anonymous memory. */
  readonly file: VmFile | null;
  /** Page of the file that `start` shows. */
  readonly pgoff?: number;
  /**
   * VM_ flags that come with the kind of mapping: VM_GROWSDOWN, VM_NORESERVE, VM_NOHUGEPAGE of MAP_STACK.
   *
   * @kernel include/linux/mman.h calc_vm_flag_bits
   */
  readonly vmFlags?: number;
}

/**
 * `mmap` with MAP_FIXED: replaces what was there and merges with matching neighbours.
 *
 * @throws RangeError if the length is not positive.
 * @kernel mm/mmap.c do_mmap, mm/vma.c mmap_region
 */
export function mmapFixed(mm: AddressSpace, request: MmapRequest): void {
  const { start, nr, prot, shared, file } = request;
  if (!(nr > 0)) throw new RangeError(`mmap of ${nr} pages`);
  const { arch } = mm.system;
  munmap(mm, start, start + nr);
  let flags = (prot & VM_ACCESS_FLAGS) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  flags |= request.vmFlags ?? 0;
  if (shared) flags |= VM_SHARED | VM_MAYSHARE;
  else if ((prot & VM_WRITE) !== 0 && (flags & VM_NORESERVE) === 0) flags |= VM_ACCOUNT;
  if (arch.softDirty) flags |= VM_SOFTDIRTY;
  const vma = new Vma({
    start,
    end: start + nr,
    pgoff: file === null ? start : (request.pgoff ?? 0),
    flags,
    file,
    pkey: (prot & VM_ACCESS_FLAGS) === VM_EXEC ? executeOnlyPkey(mm) : 0,
  });
  vmaSetPageProt(arch, vma);
  if (!mergeNew(mm, vma)) mm.vmas.insert(vma);
}

/**
 * A mapping at a new place that continues a neighbour becomes part of it.
 *
 * @returns false if it continues none.
 * @kernel mm/vma.c vma_merge_new_range
 */
export function mergeNew(mm: AddressSpace, vma: Vma): boolean {
  const { start, end, pgoff, flags, pkey } = vma;
  const candidate = { start, end, pgoff, flags, pkey, vma };
  const before = mm.vmas.all.findLast((other) => other.end <= vma.start);
  const after = mm.vmas.findFrom(vma.end);
  const previous = canMergeAfter(candidate, before) ? before : undefined;
  const next = canMergeBefore(candidate, after) ? after : undefined;
  if (previous !== undefined && next !== undefined && canMergeBoth(previous, next)) {
    mm.vmas.remove(next);
    previous.end = next.end;
    previous.anonVma ??= next.anonVma;
    previous.flags |= next.flags & VM_MAYBE_GUARD;
  } else if (previous !== undefined) previous.end = vma.end;
  else if (next !== undefined) {
    next.pgoff -= next.start - vma.start;
    next.start = vma.start;
  }
  const into = previous ?? next;
  if (into === undefined) return false;
  into.flags |= vma.flags & VM_IGNORE_MERGE;
  into.anonVma ??= vma.anonVma;
  vmaSetPageProt(mm.system.arch, into);
  return true;
}
