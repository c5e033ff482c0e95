import { functionCode, type FilmFunction, type StepFilm } from './film.ts';

/** Stretches of pages that calls of a film are about, in program order. */
export interface Stretches {
  readonly count: number;
  readonly at: Int32Array;
  readonly nr: Int32Array;
  /** Index of the call. */
  readonly call: Int32Array;
  /** Pages of the longest. */
  readonly longest: number;
  /** True if they begin in the order of pages. */
  readonly inOrder: boolean;
}

/** What is drawn as brackets and bars. */
export interface FilmBatches {
  /** `modify_prot_start`: a batch each. */
  readonly batches: Stretches;
  /** `modify_prot_commit`: a sub-batch each. */
  readonly commits: Stretches;
  /** Flushes that are part of dissolving or building a contiguous block. */
  readonly blockFlushes: Stretches;
  /** All other flushes: what the gather collected. */
  readonly flushes: Stretches;
}

function stretches(film: StepFilm, keeps: (call: number) => boolean): Stretches {
  const calls: number[] = [];
  for (let call = 0; call < film.events.count; call++) if (keeps(call)) calls.push(call);
  const at = Int32Array.from(calls, (call) => film.events.at[call] ?? 0);
  const nr = Int32Array.from(calls, (call) => film.events.nr[call] ?? 0);
  return {
    count: calls.length,
    at,
    nr,
    call: Int32Array.from(calls),
    longest: nr.reduce((most, pages) => Math.max(most, pages), 0),
    inOrder: at.every((page, i) => i === 0 || page >= (at[i - 1] ?? 0)),
  };
}

/** Finds the batches, sub-batches and flushes of a film. */
export function filmBatches(film: StepFilm): FilmBatches {
  const { fn } = film.events;
  const flush = functionCode('flush_tlb_range');
  const convert = functionCode('contpte_convert');
  const of = (name: FilmFunction): Stretches => {
    const code = functionCode(name);
    return stretches(film, (call) => fn[call] === code);
  };
  return {
    batches: of('modify_prot_start'),
    commits: of('modify_prot_commit'),
    blockFlushes: stretches(film, (call) => fn[call] === flush && fn[call - 1] === convert),
    flushes: stretches(film, (call) => fn[call] === flush && fn[call - 1] !== convert),
  };
}

/** How many of the first `count` values, which rise, are less than `value`. */
function countBelow(values: Int32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the stretches have begun after `position` calls. */
export function begunAt({ call, count }: Stretches, position: number): number {
  return countBelow(call, count, position);
}

/** Calls `each` for those of the first `begun` stretches that may hold pages of [first, end). */
export function eachAround(
  stretches: Stretches,
  begun: number,
  first: number,
  end: number,
  each: (at: number, pages: number) => void,
): void {
  const { at, nr, longest, inOrder } = stretches;
  const from = inOrder ? countBelow(at, begun, first - longest) : 0;
  const to = inOrder ? countBelow(at, begun, end) : begun;
  for (let i = from; i < to; i++) each(at[i] ?? 0, nr[i] ?? 0);
}
