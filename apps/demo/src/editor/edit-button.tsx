import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePageKey } from '../page/page-key.ts';

/** Opens and closes the editor; E opens it from everywhere. */
export function EditButton({ editing }: { readonly editing: Signal<boolean> }): JSX.Element {
  usePageKey(
    'e',
    () => {
      editing.value = true;
    },
    [editing],
  );
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
