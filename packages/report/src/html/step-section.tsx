import type { StepCost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { violationTexts } from '../run/violations.ts';
import { machineLabel } from '../text/machine-label.ts';
import { CostSection } from './cost-section.tsx';
import { Heading } from './heading.tsx';
import { Lead } from './lead.tsx';
import { machineMaps } from './maps/machine-maps.ts';
import { MapsSection } from './maps/maps-section.tsx';
import { SummaryTable } from './summary-table.tsx';

function Violations({
  runs,
  index,
}: {
  readonly runs: readonly Run[];
  readonly index: number;
}): JSX.Element | null {
  const lines = runs.flatMap((run) => {
    const step = run.steps[index];
    return step === undefined
      ? []
      : violationTexts(step).map((text) => `${machineLabel(run)}: ${text}`);
  });
  if (lines.length === 0) return null;
  return (
    <ul class="bad">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

interface StepProps {
  readonly runs: readonly Run[];
  readonly index: number;
  readonly op: string;
  readonly id: string;
  readonly level: number;
  readonly costs?: readonly (readonly StepCost[])[];
}

/** Everything about one protection change. */
export function StepSection({ runs, index, op, id, level, costs }: StepProps): JSX.Element {
  const step = costs?.map((run) => run.find((cost) => cost.step === index) ?? null);
  const priced = step === undefined ? {} : { costs: step };
  const maps = machineMaps(runs, index);
  return (
    <section id={id} class="step">
      <Heading level={level}>
        Step {index + 1}: <code>{op}</code>
      </Heading>
      <Lead runs={runs} index={index} maps={maps} {...priced} />
      <Violations runs={runs} index={index} />
      <SummaryTable runs={runs} index={index} {...priced} />
      {step !== undefined && <CostSection runs={runs} costs={step} level={level + 1} />}
      <MapsSection maps={maps} level={level + 1} />
    </section>
  );
}
