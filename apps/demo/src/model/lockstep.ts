import { functionCode, type StepFilm } from './film.ts';
import { filmLength } from './film-player.ts';

/** How far the walk of a film has come after each call: the page after the last one that was committed. */
export function walkedPages({ events }: StepFilm): Int32Array {
  const commit = functionCode('modify_prot_commit');
  const walked = new Int32Array(events.count);
  let reached = -1;
  for (let k = 0; k < events.count; k++) {
    if (events.fn[k] === commit) {
      reached = Math.max(reached, (events.at[k] ?? 0) + (events.nr[k] ?? 0));
    }
    walked[k] = reached;
  }
  return walked;
}

/**
 * The position of another machine's film at which its walk is as far as that of the lead.
 *
 * @param walked - of the lead, and of the other: see {@link walkedPages}.
 */
export function followPosition(
  lead: { readonly film: StepFilm; readonly walked: Int32Array },
  position: number,
  other: { readonly film: StepFilm; readonly walked: Int32Array },
): number {
  if (position >= filmLength(lead.film)) return filmLength(other.film);
  if (position === 0) return 0;
  const reached = lead.walked[position - 1] ?? -1;
  // The last position that has not walked further.
  let low = 0;
  let high = other.walked.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((other.walked[middle] ?? 0) <= reached) low = middle + 1;
    else high = middle;
  }
  // Calls after the last commit are no part of the walk: the other one waits for the end.
  return Math.min(low, Math.max(filmLength(other.film) - 1, 0));
}
