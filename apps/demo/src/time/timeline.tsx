import type { JSX } from 'preact';
import { callAt, callText, type JumpTarget } from '../model/calls.ts';
import type { Session } from '../page/session.ts';
import { Density } from './density.tsx';
import { jump, moveBy } from './moves.ts';

function momentText(session: Session): string {
  const film = session.leadFilm();
  const { position } = session.moment.value;
  if (film === null) return 'the model does not get here';
  const { count } = film.film.events;
  if (position === 0) return 'before the step';
  if (position >= count) return count === 0 ? 'after the step' : `after all ${count} calls`;
  const call = callAt(film.film, position - 1);
  return call === null ? '' : `call ${position} of ${count}: ${call.fn} ${callText(call)}`;
}

const JUMPS: readonly (readonly [JumpTarget, string])[] = [
  ['batch', 'Batch'],
  ['unfold', 'Unfold'],
  ['flush', 'Flush'],
];

/** The calls of the step: play, step, scrub, and jump. */
export function Timeline({ session }: { readonly session: Session }): JSX.Element {
  const { position } = session.moment.value;
  const { length } = session;
  const text = momentText(session);
  const playing = session.playing.value;
  return (
    <section class="timeline" aria-label="Time">
      <div class="transport">
        <button
          type="button"
          aria-label={playing ? 'Pause' : 'Play'}
          onClick={() => {
            session.playing.value = !playing;
          }}
        >
          {playing ? '❚❚' : '▶'}
        </button>
        <button
          type="button"
          aria-label="Call before"
          onClick={() => {
            moveBy(session, -1);
          }}
        >
          ‹
        </button>
        <button
          type="button"
          aria-label="Next call"
          onClick={() => {
            moveBy(session, 1);
          }}
        >
          ›
        </button>
        {JUMPS.map(([target, name]) => (
          <button
            type="button"
            key={target}
            aria-label={`Next ${target}`}
            onClick={() => {
              jump(session, target, 1);
            }}
          >
            {name} ›
          </button>
        ))}
        <span class="moment" data-testid="moment">
          {text}
        </span>
      </div>
      <div class="scrub">
        <Density session={session} />
        <input
          type="range"
          aria-label="Calls that are done"
          aria-valuetext={text}
          min={0}
          max={length}
          value={position}
          onInput={(event) => {
            session.playing.value = false;
            session.seek(Number(event.currentTarget.value));
          }}
        />
      </div>
    </section>
  );
}
