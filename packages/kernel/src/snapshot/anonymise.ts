import { createHash } from 'node:crypto';
import type { SnapshotRecord, SnapshotVma } from './records.ts';

/** Hexadecimal digits of a name that stands for another. */
const DIGITS = 16;

/** Frame number zero means that a frame is hidden; so the first name is not zero. */
const FIRST_NAME = 2;

function nameFor(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

/** Names in brackets are the kernel's own, but for those that programs give to their memory. */
function anonymousPath(path: string): string {
  if (path === '') return path;
  const given = /^\[(anon|anon_shmem):.*\]$/s.exec(path)?.[1];
  if (given !== undefined) return `[${given}]`;
  return /^\[\w+(?::\d+)?\]$/.test(path) ? path : nameFor(path);
}

/**
 * Takes out of a snapshot what tells about the machine and its user rather than about memory:
 *
 * - Frame numbers. Each block of frames that is as large as a huge page gets another number, in the order in which
 *   blocks are met and never next to each other. Inside a block all stays as it was: alignment,
 *   contiguity, which pages are one folio, and which processes share a frame. Where blocks lie is lost, and which
 *   are neighbours.
 * - Paths: a hash, the same for the same path on every machine. Who guesses a path can recognise it.
 *   Names that programs gave to anonymous memory are left out.
 * - The name of the host: a hash.
 * - Inodes.
 *
 * What stays: process ids, names of programs (comm), virtual addresses, sizes.
 */
export class Anonymiser {
  readonly #blockPages: number;
  readonly #names = new Map<number, number>();

  /** @param blockPages - pages that one PMD maps. */
  constructor(blockPages: number) {
    this.#blockPages = blockPages;
  }

  /** Another name for a host. */
  host(name: string): string {
    return nameFor(name);
  }

  /** Another number for a frame. */
  pfn(pfn: number): number {
    const at = pfn % this.#blockPages;
    const block = (pfn - at) / this.#blockPages;
    let name = this.#names.get(block);
    if (name === undefined) {
      name = FIRST_NAME * (this.#names.size + 1);
      this.#names.set(block, name);
    }
    return name * this.#blockPages + at;
  }

  #vma(vma: SnapshotVma): SnapshotVma {
    return { ...vma, inode: null, path: anonymousPath(vma.path) };
  }

  record(record: SnapshotRecord): SnapshotRecord {
    if (record.row === 'vma') return { row: 'vma', vma: this.#vma(record.vma) };
    const { run } = record;
    if (run.pfn === null) return record;
    return { row: 'pages', run: { ...run, pfn: this.pfn(run.pfn) } };
  }
}
