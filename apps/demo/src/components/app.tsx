import type { JSX } from 'preact';
import { CASES } from '../cases.ts';
import type { State } from '../state.ts';
import { columnTexts, operationText } from '../text.ts';
import { Choices } from './choices.tsx';
import { Counters } from './counters.tsx';
import { Entry } from './entry.tsx';
import { Legend } from './legend.tsx';
import { MachinePanel } from './machine-panel.tsx';

/** The whole page. */
export function App({ state }: { readonly state: State }): JSX.Element {
  const chosen = state.chosen.value;
  const step = state.step.value;
  const page = state.page.value;
  const views = state.views.map((view) => view.value);
  const names = columnTexts(views.map(({ spec }) => spec));
  const stepName = `step ${step + 1}`;
  return (
    <>
      <header>
        <h1>What does mprotect do to these PTEs?</h1>
        <p>
          A model of Linux runs a case on two machines and shows every page-table entry, batch,
          flush and count. Counts are operations, not time.
        </p>
      </header>
      <main>
        <section class="story" aria-label="Case and step">
          <Choices
            legend="Case"
            name="case"
            options={CASES.map(({ title }) => title)}
            chosen={CASES.indexOf(chosen)}
            onChoose={(index) => {
              const next = CASES[index];
              if (next !== undefined) state.choose(next);
            }}
          />
          <p class="about">{chosen.about}</p>
          <Choices
            legend="Show the state after step"
            name="step"
            options={chosen.operations.map(operationText)}
            chosen={step}
            numbered
            onChoose={(index) => {
              state.step.value = index;
            }}
          />
        </section>
        <div class="machines">
          {views.map((view, index) => (
            <MachinePanel
              key={index}
              ordinal={index === 0 ? 'First' : 'Second'}
              name={names[index] ?? ''}
              view={view}
              step={step}
              page={page}
              onMachine={(spec) => {
                const machine = state.machines[index];
                if (machine !== undefined) machine.value = spec;
              }}
              onPage={(next) => {
                state.page.value = next;
              }}
            />
          ))}
        </div>
        <Legend />
        <div class="results">
          <Counters
            stepName={stepName}
            names={names}
            events={views.map((view) => view.steps[step]?.events)}
          />
          {views.map((view, index) => (
            <Entry
              key={index}
              name={names[index] ?? ''}
              spec={view.spec}
              cell={view.steps[step]?.cells[page]}
              before={view.steps[step - 1]?.cells[page]?.raw ?? null}
            />
          ))}
        </div>
      </main>
      <footer>
        <p>
          Everything is computed in this page; it sends nothing anywhere. The model covers 4K pages
          of private anonymous memory here. It is not affiliated with the Linux kernel, Arm or
          Intel.
        </p>
      </footer>
    </>
  );
}
