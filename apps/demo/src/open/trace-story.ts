import { MAP, type LoggedCall, type LoggedRequest } from '@ptelab/kernel/formats';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { ADVICE, protLetters, type MappingKind, type Operation } from '@ptelab/scenario';
import { MOST_PAGES, type PageWindow } from '../model/story-window.ts';
import { madeStory } from './made-story.ts';
import type { OpenedStory } from './opened.ts';
import { callsBefore, changeChoice, type TracedChange } from './trace-calls.ts';

const PAGE = 4096;
/** Of memory about which the log says nothing. */
const USUAL_PROT = VM_READ | VM_WRITE;
/** Pages around those of the call that are shown too. */
const MARGIN = 32;
/** Earlier calls on the same pages: more is no story for people. */
const MOST_CALLS = 2000;

function upToPage(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}

/** What a program is taken to do with memory that it may use. */
function touching(at: PageWindow, prot: number): Operation[] {
  if ((prot & VM_WRITE) !== 0) return [{ op: 'write', ...at }];
  return (prot & VM_READ) !== 0 ? [{ op: 'read', ...at }] : [];
}

/** Tells what earlier calls did to a window of pages. */
class Teller {
  readonly operations: Operation[] = [];
  readonly #first: number;
  readonly #pages: number;
  readonly #mapped: Uint8Array;
  readonly #files = new Map<string, { readonly id: string; pages: number }>();

  /** @param first - page of the address space that is page 0 of the story. */
  constructor(first: number, pages: number) {
    this.#first = first;
    this.#pages = pages;
    this.#mapped = new Uint8Array(pages);
  }

  /** The files that are mapped, and what creates them. */
  get files(): Operation[] {
    return [...this.#files.values()].map(({ id, pages }) => {
      return { op: 'file', id, path: `/shm0/${id}`, pages };
    });
  }

  /** The part of an address range that lies in the window; null for none. */
  clip(start: number, length: number): PageWindow | null {
    const from = Math.max(Math.floor(start / PAGE) - this.#first, 0);
    const to = Math.min(upToPage(start + length) - this.#first, this.#pages);
    return from < to ? { at: from, pages: to - from } : null;
  }

  /** True if all pages of a range are mapped. */
  isMapped({ at, pages }: PageWindow): boolean {
    return this.#mapped.subarray(at, at + pages).every((mapped) => mapped === 1);
  }

  map(
    range: PageWindow,
    prot: number,
    more: { kind: MappingKind; file?: string; fileAt?: number },
  ): void {
    const { at, pages } = range;
    // What lies there goes (MAP_FIXED).
    if (this.#mapped.subarray(at, at + pages).includes(1)) {
      this.operations.push({ op: 'munmap', at, pages });
    }
    this.#mapped.fill(1, at, at + pages);
    this.operations.push({ op: 'mmap', ...range, prot: protLetters(prot), ...more });
    this.operations.push(...touching(range, prot));
  }

  tell(request: LoggedRequest, value: number): void {
    switch (request.call) {
      case 'mmap':
        this.#tellMap(request, value);
        return;
      case 'munmap':
        this.#unmap(request.start, request.length);
        return;
      case 'mremap': {
        if (!request.keepsOld) this.#unmap(request.start, request.oldLength);
        const range = this.clip(value, request.newLength);
        // What it was before is not in the window; memory of the usual kind stands for it.
        if (range !== null) this.map(range, USUAL_PROT, { kind: 'anon' });
        return;
      }
      case 'madvise': {
        const range = this.clip(request.start, request.length);
        const advice = ADVICE.find((name) => name === request.advice);
        if (range !== null && advice !== undefined && this.isMapped(range)) {
          this.operations.push({ op: 'madvise', ...range, advice });
        }
        return;
      }
      case 'mprotect':
      case 'pkey_mprotect': {
        const range = this.clip(request.start, request.length);
        if (range === null || !this.isMapped(range)) return;
        this.operations.push({ op: 'mprotect', ...range, prot: protLetters(request.prot) });
        this.operations.push(...touching(range, request.prot));
        return;
      }
      default:
    }
  }

  #tellMap(request: Extract<LoggedRequest, { call: 'mmap' }>, start: number): void {
    const range = this.clip(start, request.length);
    if (range === null) return;
    const shared = (request.flags & (MAP.MAP_SHARED ?? 0)) !== 0;
    if ((request.flags & (MAP.MAP_ANONYMOUS ?? 0)) !== 0) {
      this.map(range, request.prot, { kind: shared ? 'shanon' : 'anon' });
      return;
    }
    const skipped = this.#first + range.at - Math.floor(start / PAGE);
    const fileAt = Math.floor(request.offset / PAGE) + skipped;
    const file = this.#file(request.path ?? `fd ${request.fd}`, fileAt + range.pages);
    this.map(range, request.prot, { kind: shared ? 'shared' : 'private', file, fileAt });
  }

  /** The id of a file, which has at least so many pages. */
  #file(path: string, pages: number): string {
    const known = this.#files.get(path);
    if (known !== undefined) {
      known.pages = Math.max(known.pages, pages);
      return known.id;
    }
    const id = `f${this.#files.size}`;
    this.#files.set(path, { id, pages });
    return id;
  }

  #unmap(start: number, length: number): void {
    const range = this.clip(start, length);
    if (range === null) return;
    this.#mapped.fill(0, range.at, range.at + range.pages);
    this.operations.push({ op: 'munmap', ...range });
  }
}

function concerns(teller: Teller, { request, result }: LoggedCall): boolean {
  if (request === null || result.kind !== 'value') return false;
  switch (request.call) {
    case 'mmap':
      return teller.clip(result.value, request.length) !== null;
    case 'mremap':
      return (
        teller.clip(request.start, request.oldLength) !== null ||
        teller.clip(result.value, request.newLength) !== null
      );
    case 'munmap':
    case 'madvise':
    case 'mprotect':
    case 'pkey_mprotect':
      return teller.clip(request.start, request.length) !== null;
    default:
      return false;
  }
}

function tellAll(teller: Teller, calls: readonly LoggedCall[]): void {
  for (const { request, result } of calls) {
    if (request !== null && result.kind === 'value') teller.tell(request, result.value);
  }
}

/**
 * The story of one protection change of a log: what was done to its pages before, with all of them
 * touched as soon as they may be, and the call itself.
 *
 * @throws RangeError for calls on more pages than are shown, and after more calls than make a story.
 */
export function traceStory(name: string, change: TracedChange): OpenedStory {
  const { call, request } = change;
  const start = Math.floor(request.start / PAGE);
  const pages = upToPage(request.start + request.length) - start;
  if (pages + 2 * MARGIN > MOST_PAGES) {
    throw new RangeError(
      `${name}:${call.line}: expected a call on at most ${MOST_PAGES - 2 * MARGIN} pages, found ${pages}`,
    );
  }
  const first = Math.max(start - (start % MARGIN) - MARGIN, 0);
  const end = Math.ceil((start + pages) / MARGIN) * MARGIN + MARGIN;
  const own = { at: start - first, pages };
  const teller = new Teller(first, end - first);
  const concerned = callsBefore(change).filter((each) => concerns(teller, each));
  if (concerned.length > MOST_CALLS) {
    throw new RangeError(
      `${name}:${call.line}: expected at most ${MOST_CALLS} calls on the same pages before it, found ${concerned.length}`,
    );
  }
  tellAll(teller, concerned);
  // Memory that was there before the log began: of the usual kind.
  const told = teller.isMapped(own) ? teller : new Teller(first, end - first);
  if (told !== teller) {
    told.map(own, USUAL_PROT, { kind: 'anon' });
    tellAll(told, concerned);
  }
  const { label, detail } = changeChoice(change);
  return madeStory({
    name: `${name}-line-${call.line}`,
    title: `${label}: ${detail}`,
    description: `From ${name}. Page 0 is address 0x${(first * PAGE).toString(16)}. The log does not say what was touched: all of it is, as soon as it may be.`,
    making: [...told.files, ...told.operations],
    call: { op: 'mprotect', ...own, prot: protLetters(request.prot) },
  });
}
