import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Session } from './session.ts';

/** Undoes and redoes what `event` asks for; false if it asks for neither. */
function undoKey(session: Session, event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === 'y' || (key === 'z' && event.shiftKey)) session.redo();
  else if (key === 'z') session.undo();
  else return false;
  return true;
}

/** Takes changes of the story back. The keys work everywhere on the page. */
export function UndoButtons({ session }: { readonly session: Session }): JSX.Element {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && undoKey(session, event)) event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
    };
  }, [session]);
  return (
    <>
      <button
        type="button"
        disabled={!session.history.canUndo.value}
        title="Undo the last change of the story (Ctrl+Z)"
        onClick={() => {
          session.undo();
        }}
      >
        Undo
      </button>
      <button
        type="button"
        disabled={!session.history.canRedo.value}
        title="Redo (Ctrl+Shift+Z)"
        onClick={() => {
          session.redo();
        }}
      >
        Redo
      </button>
    </>
  );
}
