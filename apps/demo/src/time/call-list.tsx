import type { JSX } from 'preact';
import { callAt, callText } from '../model/calls.ts';
import type { Session } from '../page/session.ts';

/** Calls before and after the one that was last. */
const AROUND = 5;

/** What the strategy does, call by call, around the moment. */
export function CallList({ session }: { readonly session: Session }): JSX.Element | null {
  const { position } = session.moment.value;
  const film = session.leadFilm()?.film;
  if (film === undefined || film.events.count === 0) return null;
  const first = Math.max(0, Math.min(position - 1 - AROUND, film.events.count - 2 * AROUND - 1));
  const calls = Array.from({ length: 2 * AROUND + 1 }, (_, i) => first + i).filter(
    (index) => index < film.events.count,
  );
  return (
    <section aria-labelledby="calls-title" class="calls">
      <h2 id="calls-title">Calls</h2>
      <ol start={first + 1} style={{ paddingLeft: `${String(film.events.count).length + 2}ch` }}>
        {calls.map((index) => {
          const call = callAt(film, index);
          if (call === null) return null;
          const done = index < position;
          return (
            <li
              key={index}
              class={done ? '' : 'to-come'}
              aria-current={index === position - 1 ? 'step' : undefined}
            >
              <button
                type="button"
                class="plain"
                onClick={() => {
                  session.playing.value = false;
                  session.seek(index + 1);
                }}
              >
                <code>{call.fn}</code> {callText(call)}
              </button>
            </li>
          );
        })}
      </ol>
      {film.cut > 0 && <p class="note">{film.cut} more calls were not kept.</p>}
    </section>
  );
}
