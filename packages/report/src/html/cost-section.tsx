import { COST_PARTS, type CostPartName, type StepCost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { machineLabel } from '../text/machine-label.ts';
import { counted } from '../text/numbers.ts';
import { Heading, Scroll } from './heading.tsx';
import { rangeText, timeText } from '../text/times.ts';

/** A run whose price is known. */
interface Priced {
  readonly run: Run;
  readonly step: StepCost;
}

/** Bars are drawn in thousandths of the longest. */
const WHOLE = 1000;
/** The rest is for the end of a whisker. */
const DRAWN = 0.99 * WHOLE;
const HEIGHT = 22;

/** A part has one colour everywhere. */
function partClass(name: CostPartName): string {
  return `part-${COST_PARTS.indexOf(name)}`;
}

interface StackProps {
  readonly priced: Priced;
  /** Nanoseconds of the whole width. */
  readonly most: number;
}

/** The parts of a cost end to end, and a whisker for what the whole lies between. */
function Stack({ priced: { run, step }, most }: StackProps): JSX.Element {
  const { total, parts } = step.cost;
  const at = (ns: number): number => Math.round((ns / most) * DRAWN * 10) / 10;
  let from = 0;
  return (
    <figure class="stack">
      <figcaption>
        <b>{machineLabel(run)}</b> on {step.cost.machine}: {timeText(total.likely)}{' '}
        <small>({rangeText(total)})</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${WHOLE} ${HEIGHT}`}
        preserveAspectRatio="none"
        width="100%"
        height={HEIGHT}
        aria-hidden="true"
      >
        {parts.map(({ name, ns }) => {
          const x = from;
          from += ns.likely;
          return (
            <rect
              key={name}
              class={partClass(name)}
              x={at(x)}
              width={at(ns.likely)}
              height={HEIGHT - 6}
            />
          );
        })}
        <path
          class="whisker"
          vector-effect="non-scaling-stroke"
          d={`M${at(total.low)},${HEIGHT - 7}v6m0,-3H${at(total.high)}m0,-3v6`}
        />
      </svg>
    </figure>
  );
}

interface CostProps {
  readonly runs: readonly Run[];
  readonly costs: readonly (StepCost | null)[];
  readonly level: number;
}

/** What the time of a call goes into, on each machine that has a price. */
export function CostSection({ runs, costs, level }: CostProps): JSX.Element | null {
  const all = runs.flatMap((run, i): Priced[] => {
    const step = costs[i] ?? null;
    return step === null ? [] : [{ run, step }];
  });
  if (all.length === 0) return null;
  const used = all.flatMap(({ step }) => step.cost.parts.filter(({ ns }) => ns.high > 0));
  const names = COST_PARTS.filter((part) => used.some(({ name }) => name === part));
  const most = Math.max(...all.map(({ step }) => step.cost.total.high));
  const faults = Math.max(...all.map(({ step }) => step.faultsAfter));
  return (
    <section>
      <Heading level={level}>Predicted time</Heading>
      {faults > 0 && (
        <p class="note">
          With up to {counted(faults, 'fault')} that the call leads to before the next one.
        </p>
      )}
      {all.map((priced, i) => (
        <Stack key={i} priced={priced} most={most} />
      ))}
      <Scroll label="Parts of the time">
        <table class="parts">
          <thead>
            <tr>
              <th scope="col">part</th>
              {all.map(({ run, step }, i) => (
                <th key={i} scope="col" class="machine">
                  {run.machine.arch} {run.machine.kernel}
                  <br />
                  {run.machine.strategy}
                  <br />
                  {step.cost.machine}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <i class={`chip ${partClass(name)}`} /> {name}
                </th>
                {all.map(({ step }, i) => {
                  const ns = step.cost.parts.find((part) => part.name === name)?.ns;
                  return (
                    <td key={i} class="number">
                      {timeText(ns?.likely ?? 0)}
                      {ns !== undefined && ns.high > 0 && <small> {rangeText(ns)}</small>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
