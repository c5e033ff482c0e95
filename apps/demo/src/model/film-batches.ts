import { functionCode, type FilmFunction, type StepFilm } from './film.ts';

/** Stretches of pages that calls of a film are about, in program order. */
export interface Stretches {
  readonly count: number;
  readonly at: Int32Array;
  readonly nr: Int32Array;
  /** Index of the call. */
  readonly call: Int32Array;
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
  return {
    count: calls.length,
    at: Int32Array.from(calls, (call) => film.events.at[call] ?? 0),
    nr: Int32Array.from(calls, (call) => film.events.nr[call] ?? 0),
    call: Int32Array.from(calls),
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

/** How many of the stretches have begun after `position` calls. */
export function begunAt({ call, count }: Stretches, position: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((call[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
