import type { EventCounters } from '@ptelab/pte';
import type { JSX } from 'preact';
import { counterRows } from '../counters.ts';

const MINUS = '\u2212';

function differenceText(difference: number): string {
  if (difference === 0) return 'same';
  return difference > 0 ? `≠ +${difference}` : `≠ ${MINUS}${-difference}`;
}

interface CountersProps {
  readonly stepName: string;
  readonly names: readonly string[];
  /** Counters of the step on each machine; undefined where the model did not get that far. */
  readonly events: readonly (EventCounters | undefined)[];
}

/** The event counters of the step on both machines. */
export function Counters({ stepName, names, events }: CountersProps): JSX.Element {
  const known = events.filter((record) => record !== undefined);
  if (known.length < events.length) {
    return <p>No counters: one machine did not get as far as {stepName}.</p>;
  }
  const { rows, zero } = counterRows(known);
  return (
    <section aria-labelledby="counters">
      <h2 id="counters">Events of {stepName}</h2>
      {rows.length > 0 && (
        <div class="scroll">
          <table class="counters">
            <thead>
              <tr>
                <th scope="col">event</th>
                {names.map((name) => (
                  <th scope="col" class="number" key={name}>
                    {name}
                  </th>
                ))}
                <th scope="col" class="number">
                  difference
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, meaning, values, difference }) => (
                <tr key={name} class={difference === 0 ? '' : 'differs'} data-event={name}>
                  <th scope="row">
                    {name} <small>{meaning}</small>
                  </th>
                  {values.map((value, index) => (
                    <td class="number" key={index}>
                      {value}
                    </td>
                  ))}
                  <td class="number difference">{differenceText(difference)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="note">
        {rows.length === 0 ? 'All counters are zero on both.' : `Zero on both: ${zero.join(', ')}.`}
      </p>
    </section>
  );
}
