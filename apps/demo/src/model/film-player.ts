import { EVENT_NAMES, makeEvents, type EventCounters } from '@ptelab/pte';
import type { StepFilm } from './film.ts';
import { copyFrame, type TableFrame } from './table-frame.ts';

/** Positions of a film: 0 is the state before the step, the last one the state after it. */
export function filmLength(film: StepFilm): number {
  return Math.max(film.events.count, 1);
}

/** Elements [from, to) of a frame. */
export interface Touched {
  readonly from: number;
  readonly to: number;
}

/** Plays a film to any position, forwards and backwards, at the price of the changes in between. */
export class FilmPlayer {
  readonly film: StepFilm;
  /** The table at the position; mutated in place by {@link FilmPlayer.seek}. */
  readonly frame: TableFrame;
  readonly #counts: Int32Array = new Int32Array(EVENT_NAMES.length);
  #from = 0;
  #to = 0;
  #position = 0;
  #change = 0;
  #count = 0;
  #isAfter = false;

  constructor(film: StepFilm) {
    this.film = film;
    this.frame = copyFrame(film.before);
  }

  get position(): number {
    return this.#position;
  }

  /**
   * Goes to a position; the frame is the table as after that many calls.
   *
   * @returns what may have changed on the way.
   */
  seek(position: number): Touched {
    const { film } = this;
    const length = filmLength(film);
    const wanted = Math.min(Math.max(position, 0), length);
    this.#from = this.frame.pages;
    this.#to = 0;
    if (this.#isAfter !== (wanted === length)) this.#takeColumns(wanted === length);
    const ends = film.events;
    this.#playTo(wanted === 0 ? 0 : (ends.changeEnd[wanted - 1] ?? film.changes.index.length));
    this.#countTo(wanted === 0 ? 0 : (ends.countEnd[wanted - 1] ?? film.counts.by.length));
    this.#position = wanted;
    return { from: Math.min(this.#from, this.#to), to: this.#to };
  }

  #touch(i: number): void {
    if (i < this.#from) this.#from = i;
    if (i >= this.#to) this.#to = i + 1;
  }

  /** What the frames know beyond entries changes with the last call. */
  #takeColumns(isAfter: boolean): void {
    const from = isAfter ? this.film.after : this.film.before;
    this.frame.frame.set(from.frame);
    this.frame.folio.set(from.folio);
    this.frame.order.set(from.order);
    this.frame.exclusive.set(from.exclusive);
    this.frame.mapcount.set(from.mapcount);
    this.#isAfter = isAfter;
    this.#from = 0;
    this.#to = this.frame.pages;
  }

  #playTo(end: number): void {
    const { index, oldPfn, oldBits, newPfn, newBits, oldKind, newKind } = this.film.changes;
    const { pfn, bits, kind } = this.frame;
    for (; this.#change < end; this.#change++) {
      const i = index[this.#change] ?? 0;
      pfn[i] = newPfn[this.#change] ?? 0;
      bits[i] = newBits[this.#change] ?? 0;
      kind[i] = newKind[this.#change] ?? 0;
      this.#touch(i);
    }
    while (this.#change > end) {
      this.#change--;
      const i = index[this.#change] ?? 0;
      pfn[i] = oldPfn[this.#change] ?? 0;
      bits[i] = oldBits[this.#change] ?? 0;
      kind[i] = oldKind[this.#change] ?? 0;
      this.#touch(i);
    }
  }

  #countTo(end: number): void {
    const { counter, by } = this.film.counts;
    const counts = this.#counts;
    const add = (row: number, sign: 1 | -1): void => {
      const which = counter[row] ?? 0;
      counts[which] = (counts[which] ?? 0) + sign * (by[row] ?? 0);
    };
    for (; this.#count < end; this.#count++) add(this.#count, 1);
    while (this.#count > end) add(--this.#count, -1);
  }

  /** Counters at the position. */
  counters(): EventCounters {
    const counters = makeEvents();
    for (const [i, name] of EVENT_NAMES.entries()) counters[name] = this.#counts[i] ?? 0;
    return counters;
  }
}
