import { effect, untracked } from '@preact/signals';
import type { Session } from '../page/session.ts';

/** A step is played in about this many seconds, but for short ones. */
const SECONDS = 10;

/** Calls for each second at least. */
const LEAST_RATE = 5;

/** Moves the session on while it plays; returns what ends that for good. */
export function startPlayback(session: Session): () => void {
  let frame = 0;
  const stop = effect(() => {
    cancelAnimationFrame(frame);
    if (!session.playing.value) return;
    untracked(() => {
      const rate = Math.max(LEAST_RATE, session.length / SECONDS) / 1000;
      const from = session.look.value.position;
      let at = from ?? 0;
      let last: number | null = null;
      const go = (now: number): void => {
        at += last === null ? 0 : (now - last) * rate;
        last = now;
        session.seek(Math.floor(at));
        if (session.look.value.position === null) session.playing.value = false;
        else frame = requestAnimationFrame(go);
      };
      frame = requestAnimationFrame(go);
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}
