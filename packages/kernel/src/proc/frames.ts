import { join } from 'node:path';
import { KPF } from '@ptelab/mm';
import { errorCode } from './error-code.ts';
import { WordFile } from './word-file.ts';

/** What kpageflags and kpagecount say of a page frame. */
export interface FrameFacts {
  /** Sum of the flags that {@link KEPT_FLAGS} keeps. */
  flags: number;
  /** log2 of the pages of its folio; null if the flags of its neighbours make no sense together. */
  order: number | null;
  /** Entries that map it; null if kpagecount can't be read. */
  mapcount: number | null;
}

const KEPT: readonly number[] = [
  KPF.UPTODATE,
  KPF.DIRTY,
  KPF.SLAB,
  KPF.BUDDY,
  KPF.MMAP,
  KPF.ANON,
  KPF.SWAPBACKED,
  KPF.HUGE,
  KPF.UNEVICTABLE,
  KPF.HWPOISON,
  KPF.NOPAGE,
  KPF.KSM,
  KPF.THP,
  KPF.OFFLINE,
  KPF.ZERO_PAGE,
  KPF.PGTABLE,
];

/**
 * Flags of the low word that a snapshot keeps: those that stay as they are. Those of reclaim and I/O
 * change from one moment to the next, and head and tail are told by frame number and order.
 */
const KEPT_FLAGS = KEPT.reduce((sum, bit) => sum + 2 ** bit, 0);

const HEAD = 2 ** KPF.COMPOUND_HEAD;
const TAIL = 2 ** KPF.COMPOUND_TAIL;

/** Blocks that are remembered: some 16 MiB with 512 frames each. */
const MOST_BLOCKS = 2048;

interface Block {
  /** Low words. */
  readonly flags: Uint32Array;
  /** -1 for unknown. */
  readonly orders: Int8Array;
  readonly mapcounts: Uint32Array | null;
}

/** Orders of the folios of a block, from heads and tails. */
function ordersOf(flags: Uint32Array): Int8Array {
  const orders = new Int8Array(flags.length);
  for (let at = 0; at < flags.length;) {
    const flag = flags[at] ?? 0;
    let end = at + 1;
    if ((flag & (HEAD | TAIL)) !== 0) {
      while (end < flags.length && ((flags[end] ?? 0) & TAIL) !== 0) end++;
      const order = Math.log2(end - at);
      const sane = (flag & HEAD) !== 0 && Number.isInteger(order) && at % (end - at) === 0;
      orders.fill(sane ? order : -1, at, end);
    }
    at = end;
  }
  return orders;
}

/** Low or high halves of words. */
function halves(words: Uint32Array, half: 0 | 1): Uint32Array {
  const out = new Uint32Array(words.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = words[2 * i + half] ?? 0;
  return out;
}

/** Physical memory as /proc shows it, read in blocks of the size of a huge page and remembered. */
export class Frames {
  /** Frames that a block has: no folio crosses its borders. */
  readonly blockPages: number;
  /** Why kpageflags can't be read, or null. */
  readonly noFlags: string | null;
  /** Why kpagecount can't be read, or null. */
  readonly noCounts: string | null;
  readonly #flags: WordFile | null;
  readonly #counts: WordFile | null;
  readonly #blocks = new Map<number, Block>();
  readonly #words: Uint32Array;
  #lastNumber = -1;
  #last: Block | null = null;

  constructor(proc: string, blockPages: number) {
    this.blockPages = blockPages;
    this.#words = new Uint32Array(2 * blockPages);
    [this.#flags, this.noFlags] = openOrNot(join(proc, 'kpageflags'));
    [this.#counts, this.noCounts] = openOrNot(join(proc, 'kpagecount'));
  }

  #load(number: number): Block {
    const first = number * this.blockPages;
    this.#flags?.read(first, this.#words);
    const flags = halves(this.#words, 0);
    let mapcounts: Uint32Array | null = null;
    if (this.#counts !== null) {
      this.#counts.read(first, this.#words);
      mapcounts = halves(this.#words, 0);
    }
    return { flags, orders: ordersOf(flags), mapcounts };
  }

  #block(number: number): Block {
    if (number === this.#lastNumber && this.#last !== null) return this.#last;
    let block = this.#blocks.get(number);
    if (block === undefined) {
      if (this.#blocks.size >= MOST_BLOCKS) this.#blocks.clear();
      block = this.#load(number);
      this.#blocks.set(number, block);
    }
    this.#lastNumber = number;
    this.#last = block;
    return block;
  }

  /** Forgets what was read: another process may have changed it. */
  forget(): void {
    this.#blocks.clear();
    this.#lastNumber = -1;
    this.#last = null;
  }

  /** Looks at a frame. Without kpageflags there are no flags and no order. */
  look(pfn: number, out: FrameFacts): void {
    const at = pfn % this.blockPages;
    const block = this.#block((pfn - at) / this.blockPages);
    const order = block.orders[at] ?? -1;
    out.flags = (block.flags[at] ?? 0) & KEPT_FLAGS;
    out.order = order === -1 || this.#flags === null ? null : order;
    out.mapcount = block.mapcounts?.[at] ?? null;
  }

  close(): void {
    this.#flags?.close();
    this.#counts?.close();
  }
}

function openOrNot(path: string): [WordFile | null, string | null] {
  try {
    return [new WordFile(path), null];
  } catch (error) {
    return [null, errorCode(error)];
  }
}
