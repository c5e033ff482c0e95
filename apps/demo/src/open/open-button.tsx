import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isWriting, usePageKey } from '../page/page-key.ts';
import type { OpenFiles } from './open-files.ts';

/** Takes what is dropped on the page, and text that is pasted where none is written. */
function watchDrops(files: OpenFiles, over: (isOver: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const hasFiles = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener(
    'dragover',
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(true);
    },
    { signal },
  );
  document.addEventListener(
    'dragleave',
    (event) => {
      // Between elements of the page it goes on.
      if (event.relatedTarget === null) over(false);
    },
    { signal },
  );
  document.addEventListener(
    'drop',
    (event) => {
      over(false);
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void files.open(file);
    },
    { signal },
  );
  document.addEventListener(
    'paste',
    (event) => {
      if (isWriting(event.target)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const file = event.clipboardData?.files[0];
      if (file !== undefined) void files.open(file);
      else if (text !== '') void files.open(new File([text], 'pasted text'));
    },
    { signal },
  );
  return () => {
    stop.abort();
  };
}

/** Opens files: by a dialog, by O, or dropped anywhere on the page. */
export function OpenButton({ files }: { readonly files: OpenFiles }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useSignal(false);
  useEffect(
    () =>
      watchDrops(files, (now) => {
        isOver.value = now;
      }),
    [files],
  );
  const ask = (): void => {
    input.current?.click();
  };
  usePageKey('o', ask, []);
  return (
    <>
      <button
        type="button"
        title="A scenario, a recording, a process snapshot or an strace log (O); or drop it here"
        onClick={ask}
      >
        {files.busy.value ? 'Opening' : 'Open file'}
      </button>
      <input
        ref={input}
        type="file"
        class="hidden-input"
        aria-label="File to open"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file !== undefined) void files.open(file);
        }}
      />
      {isOver.value && (
        <div class="drop-here">
          <p>Drop a scenario, a recording, a process snapshot or an strace log</p>
        </div>
      )}
    </>
  );
}
