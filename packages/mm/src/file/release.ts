import type { System } from '../system.ts';
import type { VmFile } from '../vma/vma.ts';
import { BackedFile } from './backed-file.ts';

function isMapped(system: System, file: VmFile): boolean {
  return [...system.spaces].some((mm) => mm.vmas.all.some((vma) => vma.file === file));
}

/**
 * A VMA of the file is gone. With the last one shared anonymous memory goes too, for nobody can open it:
 * its pages leave the cache. Files that have a name stay.
 *
 * @kernel mm/vma.c remove_vma; mm/shmem.c shmem_evict_inode
 */
export function releaseFile(system: System, file: VmFile | null): void {
  if (!(file instanceof BackedFile) || file.fs.kind !== 'shared-anonymous') return;
  if (isMapped(system, file)) return;
  const pages = [...file.cache.values()];
  file.cache.clear();
  for (const pfn of pages) system.memmap.folioPut(pfn, 1);
}
