import type { JSX } from 'preact';
import { machineLabel } from '../text/machine-label.ts';
import type { Comparison } from './comparison.ts';
import { Heading } from './heading.tsx';
import { StepSection } from './step-section.tsx';

/** Indices of the steps that are protection changes on some machine. */
export function comparedSteps({ ops, runs }: Comparison): number[] {
  return ops.flatMap((_, index) =>
    runs.some((run) => run.steps[index]?.mprotect !== undefined) ? [index] : [],
  );
}

/** Where the section of a step is. */
export function stepId(scenario: number, step: number): string {
  return `scenario-${scenario + 1}-step-${step + 1}`;
}

/** What a scenario is called, with its title. */
export function scenarioName({ runs }: Comparison): string {
  const { name = '', title = '' } = runs[0]?.scenario ?? {};
  return title === '' ? name : `${name}: ${title}`;
}

interface OpsProps {
  readonly comparison: Comparison;
  readonly number: number;
}

function Ops({ comparison, number }: OpsProps): JSX.Element {
  const compared = new Set(comparedSteps(comparison));
  return (
    <ol class="ops">
      {comparison.ops.map((op, index) => (
        <li key={index}>
          {compared.has(index) ? (
            <a href={`#${stepId(number, index)}`}>
              <code>{op}</code>
            </a>
          ) : (
            <code>{op}</code>
          )}
        </li>
      ))}
    </ol>
  );
}

function Ended({ comparison }: { readonly comparison: Comparison }): JSX.Element | null {
  const ended = comparison.runs.flatMap((run) =>
    run.unsupported === null
      ? []
      : [
          `${machineLabel(run)} ended before step ${run.unsupported.step + 1}: the model lacks ${run.unsupported.what}`,
        ],
  );
  if (ended.length === 0) return null;
  return (
    <ul class="bad">
      {ended.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

interface ScenarioProps {
  readonly comparison: Comparison;
  readonly number: number;
  /** Level of the headings of its steps. */
  readonly level: number;
}

/** A scenario: its text, then its protection changes one by one. */
export function ScenarioSection({ comparison, number, level }: ScenarioProps): JSX.Element {
  const { runs, ops, description, costs } = comparison;
  return (
    <>
      {description !== '' && <p class="description">{description}</p>}
      <Heading level={level}>Operations</Heading>
      <p class="note">
        Pages count from the start of the scenario's window; a page is 4 KiB. From{' '}
        <code>{comparison.source}</code>.
      </p>
      <Ops comparison={comparison} number={number} />
      <Ended comparison={comparison} />
      {comparedSteps(comparison).map((index) => (
        <StepSection
          key={index}
          runs={runs}
          index={index}
          op={ops[index] ?? ''}
          id={stepId(number, index)}
          level={level}
          {...(costs === undefined ? {} : { costs })}
        />
      ))}
    </>
  );
}
