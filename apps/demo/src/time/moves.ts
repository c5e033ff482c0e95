import { jumpFrom, type JumpTarget } from '../model/calls.ts';
import type { Session } from '../page/session.ts';

/** Moves the timeline by calls. */
export function moveBy(session: Session, calls: number): void {
  session.playing.value = false;
  session.seek(session.moment.value.position + calls);
}

/** Jumps to the next call of a kind, or the one before; stays where there is none. */
export function jump(session: Session, target: JumpTarget, direction: 1 | -1): void {
  const film = session.leadFilm();
  if (film === null) return;
  const found = jumpFrom(film.film, session.moment.value.position, target, direction);
  session.playing.value = false;
  if (found !== null) session.seek(found);
}

/** Goes to another step, at its end. */
export function goToStep(session: Session, step: number): void {
  const last = (session.show.value?.outline.steps.length ?? 1) - 1;
  session.playing.value = false;
  session.change({ step: Math.min(Math.max(step, 0), last), position: null });
}

/** What a key does to the time; returns true if it does something. */
export function timeKey(session: Session, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const direction = event.shiftKey ? -1 : 1;
  switch (event.key) {
    case ' ':
      session.playing.value = !session.playing.value;
      return true;
    case '.':
      moveBy(session, 1);
      return true;
    case ',':
      moveBy(session, -1);
      return true;
    case 'b':
    case 'B':
      jump(session, 'batch', direction);
      return true;
    case 'u':
    case 'U':
      jump(session, 'unfold', direction);
      return true;
    case 'f':
    case 'F':
      jump(session, 'flush', direction);
      return true;
    case '[':
      goToStep(session, session.look.value.step - 1);
      return true;
    case ']':
      goToStep(session, session.look.value.step + 1);
      return true;
    case 'Enter':
      session.pinned.value = !session.pinned.value;
      return true;
    default:
      return false;
  }
}
