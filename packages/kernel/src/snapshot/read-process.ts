import { join } from 'node:path';
import { KPF } from '@ptelab/mm';
import { PtelabEnvironmentError } from '../environment-error.ts';
import { isGone, isRefused } from '../proc/error-code.ts';
import type { FrameFacts, Frames } from '../proc/frames.ts';
import { readSmaps, type SmapsVma } from '../proc/smaps.ts';
import { readIdentity, type ProcessIdentity } from '../proc/stat.ts';
import { WordFile } from '../proc/word-file.ts';
import {
  PAGEMAP_FLAG,
  type PageRun,
  type ProcessSummary,
  type RunKind,
  type SnapshotRecord,
  type SnapshotVma,
} from './records.ts';
import { RunBuilder } from './run-builder.ts';

/** Pages whose pagemap is read at once. */
const CHUNK_PAGES = 32_768;

/** Bits of the high half of a pagemap word: flags from 55 on, frame below. */
const FLAG_SHIFT = 55 - 32;
const FRAME_MASK = 2 ** FLAG_SHIFT - 1;

const HUGE = 2 ** KPF.HUGE;
const ANON = 2 ** KPF.ANON;
const KSM = 2 ** KPF.KSM;
const ZERO = 2 ** KPF.ZERO_PAGE;
const NOPAGE = 2 ** KPF.NOPAGE;

/** What reading a process needs. */
export interface ProcessReading {
  readonly proc: string;
  readonly pageShift: number;
  readonly frames: Frames;
  /** Told how far the reading is, now and then. */
  readonly onProgress?: (comm: string, vmas: number) => void;
}

/** What the pages of a process look like as far as they were hidden. */
export interface Hidden {
  /** Present pages whose frame was hidden. */
  frames: number;
}

function kindOf(flags: number | null): RunKind {
  if (flags === null) return 'unknown';
  if ((flags & NOPAGE) !== 0) return 'device';
  if ((flags & ZERO) !== 0) return 'zero';
  if ((flags & HUGE) !== 0) return 'hugetlb';
  if ((flags & KSM) !== 0) return 'ksm';
  return (flags & ANON) === 0 ? 'file' : 'anon';
}

/** Turns words of pagemap into pages with what their frames say. */
class PageReader {
  readonly #frames: Frames;
  readonly #hidden: Hidden;
  readonly #facts: FrameFacts = { flags: 0, order: 0, mapcount: 0 };

  constructor(frames: Frames, hidden: Hidden) {
    this.#frames = frames;
    this.#hidden = hidden;
  }

  #present(vpn: number, pfn: number, pagemapFlags: number): PageRun {
    if (pfn === 0) {
      this.#hidden.frames++;
      return bare(vpn, 'unknown', pagemapFlags);
    }
    const facts = this.#facts;
    this.#frames.look(pfn, facts);
    const pageFlags = this.#frames.noFlags === null ? facts.flags : null;
    const { order, mapcount } = facts;
    const kind = kindOf(pageFlags);
    const counts = { mapcount, mapcountMax: mapcount };
    return { vpn, pages: 1, pfn, order, ...counts, kind, pageFlags, pagemapFlags };
  }

  page(vpn: number, low: number, high: number): PageRun | null {
    const flags = high >>> FLAG_SHIFT;
    const pfn = (high & FRAME_MASK) * 2 ** 32 + low;
    if ((flags & PAGEMAP_FLAG.PRESENT) !== 0) return this.#present(vpn, pfn, flags);
    return (flags & PAGEMAP_FLAG.SWAP) === 0 ? null : bare(vpn, 'swap', flags);
  }
}

function bare(vpn: number, kind: RunKind, pagemapFlags: number): PageRun {
  const nothing = { pfn: null, order: null, mapcount: null, mapcountMax: null, pageFlags: null };
  return { vpn, pages: 1, ...nothing, kind, pagemapFlags };
}

/** True if pagemap has nothing to say about a VMA: it is as good as empty. */
function isEmpty({ sums }: SmapsVma): boolean {
  return sums !== null && sums.rssKb === 0 && sums.swapKb === 0;
}

function* runsOf(
  pagemap: WordFile,
  { maps }: SmapsVma,
  pages: PageReader,
  builder: RunBuilder,
): Generator<SnapshotRecord> {
  const words = new Uint32Array(2 * Math.min(CHUNK_PAGES, maps.end - maps.start));
  for (let vpn = maps.start; vpn < maps.end; vpn += CHUNK_PAGES) {
    const nr = Math.min(CHUNK_PAGES, maps.end - vpn);
    const got = pagemap.read(vpn, words.subarray(0, 2 * nr));
    for (let i = 0; i < got; i++) {
      const high = words[2 * i + 1] ?? 0;
      if (high >>> FLAG_SHIFT === 0) continue;
      const page = pages.page(vpn + i, words[2 * i] ?? 0, high);
      const run = page === null ? null : builder.add(page);
      if (run !== null) yield { row: 'pages', run };
    }
    if (got < nr) break; // the end of user space, or of the process
  }
  const run = builder.end();
  if (run !== null) yield { row: 'pages', run };
}

/** All VMAs of a process: smaps where the kernel has it, else maps. */
function readVmas(folder: string, pageShift: number): SmapsVma[] {
  try {
    return [...readSmaps(join(folder, 'smaps'), pageShift)];
  } catch (error) {
    if (!isGone(error)) throw error;
    return [...readSmaps(join(folder, 'maps'), pageShift)];
  }
}

function toSnapshotVma(pid: number, comm: string, { maps, sums }: SmapsVma): SnapshotVma {
  const { start, end, perms, offset, inode, path } = maps;
  return { pid, comm, start, end, perms, offset, inode, path, sums };
}

function nameOf({ maps }: SmapsVma): string {
  return `${maps.start} ${maps.end} ${maps.perms} ${maps.offset} ${maps.inode}`;
}

/** VMAs of the first reading that the process does not have any more. */
function countChanged(folder: string, pageShift: number, before: readonly SmapsVma[]): number {
  const after = new Set([...readSmaps(join(folder, 'maps'), pageShift)].map(nameOf));
  return before.filter((vma) => !after.has(nameOf(vma))).length;
}

function sameProcess(folder: string, before: ProcessIdentity): boolean {
  try {
    const { comm, startTime } = readIdentity(join(folder, 'stat'));
    return startTime === before.startTime && comm === before.comm;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/**
 * Reads a process: its VMAs, and behind each VMA its pages. A process that changes meanwhile is read as far as it
 * goes; the summary says so.
 *
 * @param hidden - counts what the kernel hid.
 * @throws PtelabEnvironmentError if it may not be read; the error of open(2) if it is not there.
 */
export function* readProcess(
  pid: number,
  { proc, pageShift, frames, onProgress }: ProcessReading,
  hidden: Hidden,
): Generator<SnapshotRecord, ProcessSummary> {
  const folder = join(proc, String(pid));
  const identity = readIdentity(join(folder, 'stat'));
  const { comm } = identity;
  let pagemap: WordFile;
  let vmas: SmapsVma[];
  try {
    vmas = readVmas(folder, pageShift);
    pagemap = new WordFile(join(folder, 'pagemap'));
  } catch (error) {
    if (!isRefused(error)) throw error;
    const text = `process ${pid} (${comm}): expected the right to trace it, found none`;
    throw new PtelabEnvironmentError('no-permission', text);
  }
  frames.forget();
  const pages = new PageReader(frames, hidden);
  const builder = new RunBuilder(frames.blockPages);
  let read = 0;
  let changedVmas = 0;
  let gone: boolean;
  try {
    for (const vma of vmas) {
      yield { row: 'vma', vma: toSnapshotVma(pid, comm, vma) };
      if (!isEmpty(vma)) yield* runsOf(pagemap, vma, pages, builder);
      read++;
      onProgress?.(comm, read);
    }
    changedVmas = countChanged(folder, pageShift, vmas);
    gone = !sameProcess(folder, identity);
  } catch (error) {
    if (!isGone(error)) throw error;
    gone = true;
  } finally {
    pagemap.close();
  }
  return { pid, comm, vmas: read, changedVmas, gone };
}
