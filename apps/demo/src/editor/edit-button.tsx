import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

/** True where keys are letters to write. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.shadowRoot !== null ||
    /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName)
  );
}

/** Opens and closes the editor; E does so from everywhere. */
export function EditButton({ editing }: { readonly editing: Signal<boolean> }): JSX.Element {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const held = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key.toLowerCase() !== 'e' || held || event.defaultPrevented) return;
      if (isWriting(event.target)) return;
      event.preventDefault();
      editing.value = true;
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
    };
  }, [editing]);
  return (
    <button
      type="button"
      id="edit-story"
      aria-expanded={editing.value}
      onClick={() => {
        editing.value = !editing.value;
      }}
    >
      {editing.value ? 'Close the editor' : 'Edit story'}
    </button>
  );
}
