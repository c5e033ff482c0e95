import {
  PARAMETER_MEANING,
  PARAMETER_NAMES,
  type CostMachine,
  type CostParameter,
} from '@ptelab/cost';
import type { JSX } from 'preact';
import type { Provenance } from './comparison.ts';
import { Heading, Scroll } from './heading.tsx';
import { roundedNumber } from '../plot/scale.ts';

function Parameter({
  name,
  parameter,
}: {
  readonly name: string;
  readonly parameter: CostParameter;
}): JSX.Element {
  const { value, low, high, kind, source } = parameter;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{roundedNumber(value)}</td>
      <td class="number">
        {roundedNumber(low)} to {roundedNumber(high)}
      </td>
      <td>
        {kind}: {source}
      </td>
    </tr>
  );
}

function Machine({ machine }: { readonly machine: CostMachine }): JSX.Element {
  return (
    <>
      <Heading level={3}>
        Prices of {machine.title} (<code>{machine.id}</code>, {machine.ghz} GHz)
      </Heading>
      <p>{machine.note}</p>
      <details>
        <summary>All prices, with ranges and sources</summary>
        <Scroll label={`Prices of ${machine.title}`}>
          <table class="prices">
            <thead>
              <tr>
                <th scope="col">what</th>
                <th scope="col" class="number">
                  ns
                </th>
                <th scope="col" class="number">
                  range
                </th>
                <th scope="col">source</th>
              </tr>
            </thead>
            <tbody>
              {PARAMETER_NAMES.map((name) => {
                const parameter = machine.parameters[name];
                return parameter === undefined ? null : (
                  <Parameter key={name} name={PARAMETER_MEANING[name]} parameter={parameter} />
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </details>
    </>
  );
}

/** Where the figures come from and how far they may be believed. */
export function ProvenanceSection({
  provenance,
}: {
  readonly provenance: Provenance;
}): JSX.Element {
  const { version, command, strategies, costs } = provenance;
  return (
    <section id="provenance">
      <h2>Provenance</h2>
      <dl class="facts">
        <dt>made by</dt>
        <dd>ptelab {version}</dd>
        <dt>with</dt>
        <dd>
          <code>{command}</code>
        </dd>
        {strategies.map(({ name, summary, source }) => (
          <>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {summary} <small>{source}</small>
            </dd>
          </>
        ))}
      </dl>
      <p>
        Events and page tables come from an executable model, not from a measurement. The model is
        compared with recordings of real kernels (6.12, 7.2 and 7.3 on arm64 and x86-64) entry by
        entry and call by call: <code>ptelab conform</code> repeats that. Its releases in between
        follow the history of the source.
      </p>
      {costs.length > 0 && (
        <p>
          Predicted times are events times prices; each price has a range, and the ranges add up as
          those of independent errors. <code>ptelab cost --validate</code> compares predictions with
          published measurements, and tells those that prices were fitted to from the others.
        </p>
      )}
      {costs.map((machine) => (
        <Machine key={machine.id} machine={machine} />
      ))}
    </section>
  );
}
