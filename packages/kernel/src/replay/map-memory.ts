import {
  BackedFile,
  mmapFixed,
  VM_GROWSDOWN,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  type MmapRequest,
} from '@ptelab/mm';
import { VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import type { MapRequest } from '../strace/log.ts';
import { MAP } from '../strace/flag-words.ts';
import type { Counts } from './counts.ts';
import type { ProcessSpace } from './process-space.ts';

function has(flags: number, name: string): boolean {
  return (flags & (MAP[name] ?? 0)) !== 0;
}

/** Kinds of mappings that the model has not; they are taken as without the flag. */
const NOT_MODELLED = ['MAP_HUGETLB', 'MAP_LOCKED', 'MAP_SYNC', 'MAP_DROPPABLE'];

/**
 * Flags of the VMA that come with the kind of mapping.
 *
 * @kernel mm/mmap.c ksys_mmap_pgoff, do_mmap; include/linux/mman.h calc_vm_flag_bits (MAP_STACK is
 * VM_NOHUGEPAGE since 6.7, c4608d1bf7c6)
 */
function vmFlags(flags: number): number {
  return (
    (has(flags, 'MAP_GROWSDOWN') ? VM_GROWSDOWN : 0) |
    (has(flags, 'MAP_NORESERVE') ? VM_NORESERVE : 0) |
    (has(flags, 'MAP_STACK') ? VM_NOHUGEPAGE : 0)
  );
}

/**
 * The file that is mapped. Mappings of one path show one file. Without paths (`-y`), a descriptor that is
 * mapped at a fixed place shows the file of its last mapping, as a loader does it, and another one a new
 * file.
 */
function fileOf(space: ProcessSpace, request: MapRequest, pages: number): BackedFile {
  const known = space.files.get(request.fd);
  const fixed = has(request.flags, 'MAP_FIXED') || has(request.flags, 'MAP_FIXED_NOREPLACE');
  const same = request.path === null ? fixed : known?.name === request.path;
  if (known !== undefined && same) return known;
  const file = new BackedFile(request.path ?? `fd ${request.fd}`, { kind: 'ext4' }, pages);
  space.files.set(request.fd, file);
  return file;
}

/** Maps what the log says that was mapped, from page `start` on. */
export function mapMemory(
  space: ProcessSpace,
  request: MapRequest,
  start: number,
  pageBytes: number,
  notModelled: Counts,
): void {
  const { flags } = request;
  const nr = Math.ceil(request.length / pageBytes);
  for (const name of NOT_MODELLED) if (has(flags, name)) notModelled.add(name);
  const shared = has(flags, 'MAP_SHARED');
  const anonymous = has(flags, 'MAP_ANONYMOUS');
  const pgoff = Math.floor(request.offset / pageBytes);
  const file = anonymous
    ? shared
      ? new BackedFile('/dev/zero', { kind: 'shared-anonymous' }, nr)
      : null
    : fileOf(space, request, pgoff + nr);
  const mapping: MmapRequest = {
    start,
    nr,
    prot: request.prot & (VM_READ | VM_WRITE | VM_EXEC),
    shared,
    file,
    pgoff: anonymous ? 0 : pgoff,
    vmFlags: vmFlags(flags),
  };
  mmapFixed(space.mm, mapping);
}

/** True if the pages are brought in at once, so far as the mapping lets them be written. */
export function populates(flags: number): boolean {
  return has(flags, 'MAP_POPULATE') || has(flags, 'MAP_LOCKED');
}
