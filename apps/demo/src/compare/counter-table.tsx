import { rangeText, timeText } from '@ptelab/report';
import type { JSX } from 'preact';
import type { MachineShow, Session } from '../page/session.ts';
import type { Prices } from '../model/look.ts';
import { costSoFar, pricedAs } from './cost-of-moment.ts';
import { counterRows } from './counters.ts';
import { machineNames } from './machine-names.ts';
import { PricePickers } from './price-pickers.tsx';

/** Predicted time of the whole step, with the faults that follow it up to the next call. */
function wholeTimeOf({ spec, summary }: MachineShow, step: number, prices: Prices): string {
  const priced = pricedAs(spec, prices);
  const cost = summary.costs[priced?.id ?? '']?.find((each) => each.step === step);
  return cost === undefined ? '' : timeText(cost.cost.total.likely);
}

function timeOf(
  { spec, summary, film }: MachineShow,
  prices: Prices,
): { text: string; title: string } {
  const priced = pricedAs(spec, prices);
  if (film === null || priced === undefined) return { text: 'unknown', title: '' };
  const { total } = costSoFar(film.player.counters(), spec, summary.strategy, priced);
  return { text: timeText(total.likely), title: `${rangeText(total)}, as on ${priced.title}` };
}

/** What the step has cost so far, and in all, on every machine. */
export function CounterTable({ session }: { readonly session: Session }): JSX.Element | null {
  const show = session.showNow();
  if (show === null) return null;
  const known = show.machines.filter(({ film }) => film !== null);
  const names = machineNames(known);
  const { rows } = counterRows(
    known.flatMap(({ film }) => (film === null ? [] : [film.film.total])),
  );
  const now = known.map(({ film }) => film?.player.counters());
  const prices = session.prices.value;
  const times = known.map((machine) => timeOf(machine, prices));
  return (
    <section class="counters" aria-labelledby="counters-title">
      <h2 id="counters-title">Work of step {show.step + 1}</h2>
      <PricePickers session={session} machines={known.map(({ spec }) => spec)} />
      <table>
        <thead>
          <tr>
            <th scope="col">so far</th>
            {names.map((name) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="time" data-event="time">
            <th scope="row">predicted time</th>
            {times.map(({ text, title }, i) => (
              <td class="number" key={i} title={title}>
                {text}
              </td>
            ))}
          </tr>
          {known.some((machine) => wholeTimeOf(machine, show.step, prices) !== '') && (
            <tr data-event="whole-time">
              <th scope="row">with later faults</th>
              {known.map((machine, i) => (
                <td class="number" key={i}>
                  {wholeTimeOf(machine, show.step, prices)}
                </td>
              ))}
            </tr>
          )}
          {rows.map(({ name, meaning, values, difference }) => (
            <tr key={name} class={difference === 0 ? '' : 'differs'} data-event={name}>
              <th scope="row" title={meaning}>
                {name}
              </th>
              {values.map((value, i) => {
                const sofar = now[i]?.[name] ?? 0;
                return (
                  <td class="number" key={i}>
                    {sofar}
                    {sofar !== value && <small> / {value}</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
