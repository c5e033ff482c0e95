import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { OpenFiles } from './open-files.ts';
import type { OpenedFile } from './opened.ts';

/** Choices that are listed at once. */
const MOST_LISTED = 200;

/** Asks which of the stories of a file to show. */
export function Chooser({ files }: { readonly files: OpenFiles }): JSX.Element | null {
  const opened = files.choosing.value;
  return opened === null ? null : <ChooserDialog files={files} opened={opened} />;
}

function ChooserDialog(props: {
  readonly files: OpenFiles;
  readonly opened: OpenedFile;
}): JSX.Element {
  const { files, opened } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const wanted = useSignal('');
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const words = wanted.value.toLowerCase().split(/\s+/);
  const found = opened.choices
    .map((choice, index) => ({ ...choice, index }))
    .filter(({ label, detail }) => {
      const said = `${label} ${detail}`.toLowerCase();
      return words.every((word) => said.includes(word));
    });
  const listed = found.slice(0, MOST_LISTED);
  return (
    <dialog
      ref={dialog}
      class="chooser"
      aria-labelledby="chooser-title"
      onClose={() => {
        files.choosing.value = null;
      }}
    >
      <h2 id="chooser-title">
        Which of {opened.choices.length} {opened.what}?
      </h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = listed;
          if (first !== undefined) void files.choose(first.index);
        }}
      >
        <input
          type="search"
          aria-label="Words that it must have"
          placeholder="words that it must have; Enter takes the first"
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
          }}
        />
      </form>
      <p class="note" role="status">
        {found.length > MOST_LISTED
          ? `${found.length} found, the first ${MOST_LISTED} are listed.`
          : `${found.length} found.`}
      </p>
      <ol>
        {listed.map(({ label, detail, index }) => (
          <li key={index}>
            <button
              type="button"
              class="plain"
              onClick={() => {
                void files.choose(index);
              }}
            >
              {label} <small>{detail}</small>
            </button>
          </li>
        ))}
      </ol>
      <p>
        <button
          type="button"
          onClick={() => {
            files.choosing.value = null;
          }}
        >
          None of them
        </button>
      </p>
    </dialog>
  );
}
