import type { JSX } from 'preact';
import type { Session } from '../page/session.ts';
import { goToStep } from './moves.ts';

/** The steps of the story; one of them is looked at. */
export function StepList({ session }: { readonly session: Session }): JSX.Element | null {
  const show = session.show.value;
  if (show === null) return null;
  const { outline } = show;
  const lead = show.machines[session.lead.value];
  return (
    <section class="steps" aria-labelledby="steps-title">
      <h2 id="steps-title">{outline.title === '' ? outline.name : outline.title}</h2>
      <p class="note">{outline.description}</p>
      <ol>
        {outline.steps.map(({ text }, index) => {
          const result = lead?.summary.steps[index];
          const bad = (result?.failed.length ?? 0) + (result?.violations.length ?? 0);
          return (
            <li key={index} aria-current={index === show.step ? 'step' : undefined}>
              <button
                type="button"
                class="plain"
                onClick={() => {
                  goToStep(session, index);
                }}
              >
                {text}
              </button>
              {bad > 0 && <small class="bad"> {bad} not as it should be</small>}
              {result === undefined && <small> not reached</small>}
            </li>
          );
        })}
      </ol>
      {outline.beyond > 0 && <p class="note">{outline.beyond} more pages are not shown.</p>}
    </section>
  );
}
