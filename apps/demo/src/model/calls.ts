import { FILM_FUNCTIONS, type FilmFunction, type StepFilm } from './film.ts';

/** One traced call, for people. */
export interface FilmCall {
  readonly fn: FilmFunction;
  /** First page, or null if it is about none. */
  readonly at: number | null;
  readonly pages: number;
}

/** The call at `index`, or null if there is none. */
export function callAt({ events }: StepFilm, index: number): FilmCall | null {
  const fn = FILM_FUNCTIONS[events.fn[index] ?? -1];
  if (index < 0 || index >= events.count || fn === undefined) return null;
  const at = events.at[index] ?? -1;
  return { fn, at: at === -1 ? null : at, pages: events.nr[index] ?? 1 };
}

/** `page 3`, or `pages 3 to 5`. */
export function pagesText(at: number, pages: number): string {
  return pages === 1 ? `page ${at}` : `pages ${at} to ${at + pages - 1}`;
}

/** A call in a few words, without its name. */
export function callText({ fn, at, pages }: FilmCall): string {
  const place = at === null ? '' : pagesText(at, fn === 'folio_pte_batch' ? 1 : pages);
  return fn === 'folio_pte_batch' ? `${place} returns ${pages}` : place;
}

/** What the timeline can jump to. */
export type JumpTarget = 'batch' | 'unfold' | 'flush';

const JUMPS: Readonly<Record<JumpTarget, FilmFunction>> = {
  batch: 'modify_prot_start',
  unfold: 'contpte_try_unfold',
  flush: 'flush_tlb_range',
};

/** Position just after the next call of a kind, or the one before; null if there is none. */
export function jumpFrom(
  { events }: StepFilm,
  position: number,
  target: JumpTarget,
  direction: 1 | -1,
): number | null {
  const code = FILM_FUNCTIONS.indexOf(JUMPS[target]);
  const first = direction === 1 ? position : position - 2;
  for (let call = first; call >= 0 && call < events.count; call += direction) {
    if (events.fn[call] === code) return call + 1;
  }
  return null;
}
