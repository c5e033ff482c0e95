import type { AddressSpace } from '@ptelab/mm';
import type { TraceEvent } from '@ptelab/pte';
import { functionCode, type FilmChanges, type FilmCounts, type FilmEvents } from '../model/film.ts';
import type { TableFrame } from '../model/table-frame.ts';
import { CountJournal } from './count-journal.ts';
import { GrowingColumns } from './growing-columns.ts';
import { TableJournal } from './table-journal.ts';

/** More calls than these are counted, not kept. */
const MOST_EVENTS = 3_000_000;

const FN = 0;
const AT = 1;
const NR = 2;
const CHANGE_END = 3;
const COUNT_END = 4;

/** What a recorded step is made of. */
interface Recording {
  readonly events: FilmEvents;
  readonly changes: FilmChanges;
  readonly counts: FilmCounts;
  readonly cut: number;
}

/** Elements of the frame. */
interface Elements {
  readonly first: number;
  readonly nr: number;
}

/**
 * Records one operation call by call: hand {@link FilmRecorder.add} to the address space as its trace.
 *
 * What the tables and counters show when a call is traced is the state as after the call before it. Only
 * the neighbourhood of the two calls is looked at, as a walk goes forward.
 */
export class FilmRecorder {
  readonly #mm: AddressSpace;
  readonly #first: number;
  readonly #at: number;
  readonly #pages: number;
  readonly #frames: Float64Array;
  readonly #tables: TableJournal;
  readonly #counts: CountJournal;
  readonly #rows = new GrowingColumns(5);
  #from = 0;
  #to = 0;
  #cut = 0;
  #last: TraceEvent | null = null;

  /** @param base - virtual page of the story's page 0. */
  constructor(mm: AddressSpace, base: number, before: TableFrame) {
    this.#mm = mm;
    this.#at = before.at;
    this.#pages = before.pages;
    this.#first = base + before.at;
    this.#frames = before.frame;
    this.#tables = new TableJournal(mm, this.#first, before);
    this.#counts = new CountJournal(mm.events);
  }

  /** Takes a traced call. */
  readonly add = (event: TraceEvent): void => {
    if (this.#rows.length === MOST_EVENTS) {
      this.#cut++;
      return;
    }
    const pages = this.#pagesOf(event);
    this.#lookUpTo(event, pages);
    this.#close();
    const at = pages === null ? -1 : pages.first + this.#at;
    const row = this.#rows.add();
    this.#rows.set(row, FN, functionCode(event.fn));
    this.#rows.set(row, AT, at);
    this.#rows.set(row, NR, pages?.nr ?? 1);
    this.#last = event;
  };

  /** Looks at what may have changed since the call before. */
  #lookUpTo(event: TraceEvent, pages: Elements | null): void {
    if (event.fn === 'flush_tlb_range') {
      const start = event.start - this.#first;
      if (this.#last?.fn === 'contpte_convert') {
        // The block is cleared, flushed, and only then written (contpte_convert, 6.12 to 7.3).
        this.#tables.look(this.#from, this.#to);
        this.#tables.noteCleared(start, event.end - this.#first);
        return;
      }
      // The walk may have gone on without a call: entries that are not present are changed by plain stores.
      this.#tables.look(Math.min(this.#from, start), this.#pages);
      return;
    }
    if (pages === null) {
      this.#tables.look(this.#from, this.#to);
      return;
    }
    const { contPtes } = this.#mm.system.arch;
    const before = (this.#first + pages.first) % contPtes;
    const first = pages.first - before;
    const end = first + Math.ceil((before + pages.nr) / contPtes) * contPtes;
    this.#tables.look(Math.min(this.#from, first), Math.max(this.#to, end));
    this.#from = first;
    this.#to = end;
  }

  /** Gives what has changed to the call before. */
  #close(): void {
    this.#counts.look();
    const last = this.#rows.length - 1;
    if (last < 0) return;
    this.#rows.set(last, CHANGE_END, this.#tables.length);
    this.#rows.set(last, COUNT_END, this.#counts.length);
  }

  /** Ends the recording, after the operation. */
  finish(): Recording {
    this.#tables.look(0, this.#pages);
    this.#close();
    return {
      events: {
        count: this.#rows.length,
        fn: Uint8Array.from(this.#rows.column(FN)),
        at: this.#rows.column(AT),
        nr: this.#rows.column(NR),
        changeEnd: this.#rows.column(CHANGE_END),
        countEnd: this.#rows.column(COUNT_END),
      },
      changes: this.#tables.changes(),
      counts: this.#counts.counts(),
      cut: this.#cut,
    };
  }

  /** What an event is about; null if it says nothing of that. */
  #pagesOf(event: TraceEvent): Elements | null {
    if (event.fn === 'flush_tlb_range') {
      return { first: event.start - this.#first, nr: event.end - event.start };
    }
    if (event.fn === 'folio_xchg_access_time') return null;
    if (event.fn === 'vm_normal_page') return this.#elementOf(event.pfn);
    return { first: event.vpn - this.#first, nr: 'nr' in event ? event.nr : 1 };
  }

  /** The element that maps a frame: the next one from where the walk is, as pages may share a frame. */
  #elementOf(pfn: number): Elements | null {
    const last = this.#rows.length - 1;
    const at = last < 0 ? 0 : this.#rows.get(last, AT) - this.#at;
    const isDone = this.#last?.fn === 'modify_prot_commit';
    const from = Math.max(0, isDone ? at + this.#rows.get(last, NR) : at);
    const end = Math.min(from + 2 * this.#mm.pmdPages, this.#pages);
    for (let i = from; i < end; i++) if (this.#frames[i] === pfn) return { first: i, nr: 1 };
    return null;
  }
}
