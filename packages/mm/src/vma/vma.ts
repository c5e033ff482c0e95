import { VM_SHARED, VM_WRITE, type Pgprot } from '@ptelab/pte';
import { VM_MAYWRITE, VM_SOFTDIRTY, VM_UFFD_WP } from './flags.ts';

/** The object behind a file mapping, as far as mprotect and faults look at it. */
export interface VmFile {
  readonly name: string;
  /** The file system wants to know before a clean page becomes writable (page_mkwrite). */
  readonly pageMkwrite: boolean;
  /** Dirty pages are written back (not shmem). */
  readonly canWriteback: boolean;
}

/** Identity of the anonymous memory that VMAs share after a split: equal objects may merge. */
export interface AnonVma {
  readonly id: number;
}

/** What a new {@link Vma} is made of. Page numbers, end exclusive. */
export interface VmaInit {
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly flags: number;
  readonly file?: VmFile | null;
  readonly anonVma?: AnonVma | null;
  readonly pkey?: number;
  readonly uffd?: number;
}

/** A range of virtual pages with one protection: `struct vm_area_struct`. Units are pages. */
export class Vma {
  start: number;
  end: number;
  /** Page offset in the file; for anonymous memory the page number at which it was mapped. */
  pgoff: number;
  flags: number;
  /** Protection key. */
  pkey: number;
  /** Template for new entries (`vm_page_prot`). */
  pageProt: Pgprot = 0;
  readonly file: VmFile | null;
  anonVma: AnonVma | null;
  /** Id of the userfaultfd context, 0 if none. */
  uffd: number;

  constructor(init: VmaInit) {
    this.start = init.start;
    this.end = init.end;
    this.pgoff = init.pgoff;
    this.flags = init.flags;
    this.pkey = init.pkey ?? 0;
    this.file = init.file ?? null;
    this.anonVma = init.anonVma ?? null;
    this.uffd = init.uffd ?? 0;
  }

  /** A copy for [start, end), as a split makes it. */
  cloneRange(start: number, end: number): Vma {
    const { flags, file, anonVma, pkey, uffd } = this;
    const pgoff = this.pgoff + (start - this.start);
    const copy = new Vma({ start, end, pgoff, flags, file, anonVma, pkey, uffd });
    copy.pageProt = this.pageProt;
    return copy;
  }
}

/** True for MAP_SHARED mappings. */
export function isShared(vma: Vma): boolean {
  return (vma.flags & VM_SHARED) !== 0;
}

/** True for anonymous memory: no file behind it. */
export function vmaIsAnonymous(vma: Vma): boolean {
  return vma.file === null;
}

/** True if writes to shared pages copy them: private and possibly writable. */
export function isCowMapping(flags: number): boolean {
  return (flags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
}

/**
 * True if each page's soft-dirty bit matters: the kernel tracks it and the VMA as a whole is clean.
 *
 * @kernel mm/internal.h vma_soft_dirty_enabled
 */
export function vmaSoftDirtyEnabled(softDirty: boolean, vma: Vma): boolean {
  return softDirty && (vma.flags & VM_SOFTDIRTY) === 0;
}

/** True if userfaultfd write-protection is registered on the VMA. */
export function userfaultfdWp(vma: Vma): boolean {
  return (vma.flags & VM_UFFD_WP) !== 0;
}

/** True if the VMA's flags allow writing. */
export function vmaWritable(vma: Vma): boolean {
  return (vma.flags & VM_WRITE) !== 0;
}
