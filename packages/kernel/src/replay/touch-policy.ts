import {
  touchPages,
  UnsupportedError,
  vmaIsAnonymous,
  vmaWritable,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { makePte, PteTable, VM_SHARED, type Pte } from '@ptelab/pte';
import type { PageSpan } from './unknown-memory.ts';

/**
 * Which pages a program has written. A log has calls only, so somebody must say:
 *
 * - `none`: none. Page tables stay empty, and protection changes concern VMAs only.
 * - `first`: a page of writable private anonymous memory that is still empty when a later mprotect,
 *   pkey_mprotect, mremap or madvise names it (but for advice that throws its contents away): why else
 *   would the program name it. It is written once, just before that call.
 * - `snapshot`: as `first`, but only pages that a snapshot of the process shows as written.
 * - `all`: every page of private anonymous memory when it is mapped writable, and again whenever an
 *   mprotect makes it writable.
 *
 * Pages of files and of shared memory are never written, nor is anything after a fork because of it.
 */
export type TouchPolicy = 'none' | 'first' | 'all' | 'snapshot';

/** The policies. */
export const TOUCH_POLICIES: readonly TouchPolicy[] = ['none', 'first', 'all', 'snapshot'];

/** Pages that one replay may write: 32 GiB. */
export const MOST_WRITTEN_PAGES: number = 2 ** 23;

/** Thrown for more than {@link MOST_WRITTEN_PAGES}. */
export class TooManyPagesError extends Error {
  override readonly name = 'TooManyPagesError';
}

const entry: Pte = makePte();

function isTouched(vma: Vma): boolean {
  return vmaWritable(vma) && vmaIsAnonymous(vma) && (vma.flags & VM_SHARED) === 0;
}

/** Writes pages as a policy wants it, and counts what that takes. */
export class PageWriter {
  /** Pages that were written. */
  pages = 0;
  /** Faults that it took. */
  faults = 0;

  #write(mm: AddressSpace, start: number, end: number): void {
    this.pages += end - start;
    if (this.pages > MOST_WRITTEN_PAGES) throw new TooManyPagesError('too many pages to write');
    const { faults, signal } = touchPages(mm, start, end, 'write');
    this.faults += faults;
    if (signal !== null) throw new UnsupportedError(`a write that ends in ${signal.name}`);
  }

  /** Writes every page of [start, end) that the policies are about. */
  writeAll(mm: AddressSpace, start: number, end: number): void {
    for (const vma of mm.vmas.overlapping(start, end)) {
      if (isTouched(vma)) this.#write(mm, Math.max(start, vma.start), Math.min(end, vma.end));
    }
  }

  /** As {@link PageWriter.writeEmpty}, for those of the pages that are in one of some ascending ranges. */
  writeEmptyWithin(
    mm: AddressSpace,
    start: number,
    end: number,
    ranges: readonly PageSpan[],
  ): void {
    for (const range of ranges) {
      if (range.start >= end) return;
      if (range.end <= start) continue;
      this.writeEmpty(mm, Math.max(start, range.start), Math.min(end, range.end));
    }
  }

  /** As {@link PageWriter.writeAll}, for pages that are still empty. */
  writeEmpty(mm: AddressSpace, start: number, end: number): void {
    for (const vma of mm.vmas.overlapping(start, end)) {
      if (isTouched(vma)) {
        this.#writeEmptyPart(mm, Math.max(start, vma.start), Math.min(end, vma.end));
      }
    }
  }

  #writeEmptyPart(mm: AddressSpace, start: number, end: number): void {
    let from = start;
    for (let vpn = start; vpn < end;) {
      const next = mm.pmdAddrEnd(vpn, end);
      if (mm.leaf(vpn) === undefined) {
        vpn = next;
        continue;
      }
      const pmd = mm.pmd(vpn);
      for (; vpn < next; vpn++) {
        const empty = pmd instanceof PteTable && isEmpty(mm, pmd, vpn);
        if (empty) continue;
        if (from < vpn) this.#write(mm, from, vpn);
        from = vpn + 1;
      }
    }
    if (from < end) this.#write(mm, from, end);
  }
}

function isEmpty(mm: AddressSpace, table: PteTable, vpn: number): boolean {
  table.peek(vpn - table.base, entry);
  return mm.system.arch.pteNone(entry);
}
