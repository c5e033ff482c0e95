import {
  anonVmaPrepare,
  changeVmaFlags,
  clearVmaSoftDirty,
  copyVma,
  isShared,
  madvise,
  munmap,
  VM_LOCKED,
  VM_UFFD_WP,
  vmaWritable,
  type AddressSpace,
} from '@ptelab/mm';
import type { Operation, PageRange, Story } from '@ptelab/scenario';

const FLAG_ADVICE = ['DONTFORK', 'DOFORK', 'HUGEPAGE', 'NOHUGEPAGE', 'MERGEABLE'];
const UFFD_CONTEXT = 1;

/** Writes give private VMAs an anon_vma, which decides later whether they may merge. */
function noteWrite(mm: AddressSpace, start: number, end: number): void {
  for (const vma of mm.vmas.overlapping(start, end)) {
    if (!isShared(vma) && vmaWritable(vma)) anonVmaPrepare(mm, vma);
  }
}

/** The second half of a locked range's life: its pages are brought in, writable ones by writing. */
function lock(mm: AddressSpace, start: number, end: number): void {
  changeVmaFlags(mm, start, end, { set: VM_LOCKED, clear: 0 });
  noteWrite(mm, start, end);
}

function moveVma(mm: AddressSpace, start: number, nr: number, target: number): void {
  const vma = mm.vmas.lookup(start);
  if (vma === undefined) return;
  const moved = copyVma(mm, vma, start, nr, target);
  munmap(mm, target, target + nr);
  munmap(mm, start, start + nr);
  mm.vmas.insert(moved);
}

/**
 * What operations of a recording do to VMAs, without page tables: step mode takes those from dumps.
 */
export class VmaEffects {
  readonly #story: Story;
  #reclaiming = false;

  constructor(story: Story) {
    this.#story = story;
  }

  /**
   * Applies the VMA side of an operation other than mprotect.
   *
   * @throws UnsupportedError if the model lacks the operation.
   */
  apply(operation: Operation): void {
    const { mm } = this.#story;
    switch (operation.op) {
      case 'file':
      case 'mmap':
        this.#story.apply(operation); // touches no page table
        return;
      case 'munmap':
        munmap(mm, ...this.#span(operation));
        return;
      case 'mremap': {
        const [start] = this.#span(operation);
        moveVma(mm, start, operation.pages, this.#story.vpn(operation.to));
        return;
      }
      case 'madvise':
        if (FLAG_ADVICE.includes(operation.advice)) {
          madvise(mm, ...this.#span(operation), operation.advice);
        }
        if (operation.advice === 'POPULATE_WRITE') noteWrite(mm, ...this.#span(operation));
        if (operation.advice === 'PAGEOUT') this.#reclaiming = true;
        return;
      case 'mlock':
        lock(mm, ...this.#span(operation));
        return;
      case 'uffd_reg':
        this.#uffd(operation, { set: VM_UFFD_WP, clear: 0, uffd: UFFD_CONTEXT });
        return;
      case 'uffd_unreg':
        this.#uffd(operation, { set: 0, clear: VM_UFFD_WP, uffd: 0 });
        return;
      case 'clear_refs':
        if (operation.mode === 4) clearVmaSoftDirty(mm);
        return;
      case 'write':
      case 'fill':
        noteWrite(mm, ...this.#span(operation));
        return;
      case 'faults':
        if (operation.access === 'write') noteWrite(mm, ...this.#span(operation));
        return;
      default:
    }
  }

  /**
   * Notes whether reclaim, if it was asked for, swapped anything out. It then left a flush for later:
   * always on arm64, on x86 only where other CPUs run the address space.
   *
   * @kernel mm/rmap.c set_tlb_ubc_flush_pending, should_defer_flush
   */
  noteReclaimed(swapped: boolean): void {
    const { mm } = this.#story;
    if (this.#reclaiming && swapped) mm.tlbFlushBatched = mm.system.arch.name === 'arm64';
    this.#reclaiming = false;
  }

  #span(range: PageRange): [number, number] {
    return [this.#story.vpn(range.at), this.#story.vpn(range.at + range.pages)];
  }

  #uffd(range: PageRange, change: { set: number; clear: number; uffd: number }): void {
    changeVmaFlags(this.#story.mm, ...this.#span(range), change);
  }
}

/** True for operations that leave page tables as they are. */
export function keepsPageTables(operation: Operation): boolean {
  switch (operation.op) {
    case 'thp':
    case 'dump':
    case 'vmas':
    case 'seqmax':
    case 'notrace':
    case 'sleep':
    case 'sysw':
    case 'file':
    case 'uffd':
    case 'uffd_reg':
    case 'zram':
      return true;
    default:
      return false;
  }
}
