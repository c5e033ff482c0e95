import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Session } from '../page/session.ts';
import { EXHIBITS } from './exhibits.ts';
import { lookAt } from './look-at.ts';

/** Where the pages of the questions are. */
const QUESTIONS = 'https://github.com/ptelab/ptelab/blob/main/docs/questions';

function pageOf(question: number): string {
  return `${QUESTIONS}/q${String(question).padStart(2, '0')}.md`;
}

/** Stories to choose from, and what there is to see in the one that is shown. */
export function Gallery({ session }: { readonly session: Session }): JSX.Element {
  const text = useMemo(() => computed(() => session.look.value.text), [session]);
  const shown = EXHIBITS.find((exhibit) => exhibit.text === text.value);
  return (
    <section class="gallery" aria-label="Gallery">
      <select
        aria-label="Gallery"
        value={shown?.id ?? ''}
        onChange={(event) => {
          const chosen = EXHIBITS.find(({ id }) => id === event.currentTarget.value);
          if (chosen !== undefined) session.showStory(lookAt(chosen));
        }}
      >
        {shown === undefined && <option value="">a story of your own</option>}
        {EXHIBITS.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      {shown !== undefined && (
        <>
          {shown.sentences.map((sentence, index) => (
            <p key={index}>{sentence}</p>
          ))}
          <p>
            <a href={pageOf(shown.question)} rel="noreferrer">
              Q{shown.question}: {shown.asks}
            </a>
          </p>
        </>
      )}
    </section>
  );
}
