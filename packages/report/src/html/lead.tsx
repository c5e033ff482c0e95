import type { StepCost } from '@ptelab/cost';
import type { EventCounters } from '@ptelab/pte';
import type { Run, StepResult } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { baselines } from '../compare/baseline.ts';
import { machineLabel } from '../text/machine-label.ts';
import { timeText } from '../text/times.ts';
import { groupDigits, ratioText } from './numbers.ts';
import type { ComparedMaps } from './maps/machine-maps.ts';

/** The counters that say most, in the words of people. */
const LEADING: readonly (readonly [keyof EventCounters, string])[] = [
  ['batches', 'batches'],
  ['rawReads', 'reads'],
  ['rawWrites', 'writes'],
  ['xchg', 'swaps'],
  ['flushCalls', 'flushes'],
  ['pageLookups', 'page lookups'],
];

function change(name: string, from: number, to: number): string {
  const ratio = ratioText(to, from);
  const text = `${name} ${groupDigits(String(from))} → ${groupDigits(String(to))}`;
  return ratio === null ? text : `${text} (${ratio})`;
}

function entriesText(maps: ComparedMaps | null | undefined): string[] {
  if (maps?.other == null) return [];
  const { differing, after } = maps;
  return [
    differing === 0
      ? 'entries end the same'
      : `${differing} of ${after.length} entries end differently`,
  ];
}

function costText(cost: StepCost | null | undefined, base: StepCost | null | undefined): string[] {
  if (cost === null || cost === undefined || base === null || base === undefined) return [];
  const [to, from] = [cost.cost.total.likely, base.cost.total.likely];
  const ratio = ratioText(to, from);
  const times = `time ${timeText(from)} → ${timeText(to)}`;
  return [ratio === null ? times : `${times} (${ratio})`];
}

function changes(step: StepResult, base: StepResult): string[] {
  return LEADING.filter(([name]) => step.events[name] !== base.events[name]).map(([name, word]) =>
    change(word, base.events[name], step.events[name]),
  );
}

interface LeadProps {
  readonly runs: readonly Run[];
  readonly index: number;
  readonly maps: readonly (ComparedMaps | null)[];
  readonly costs?: readonly (StepCost | null)[];
}

/** What differs, in a sentence for each machine that is compared with another. */
export function Lead({ runs, index, maps, costs }: LeadProps): JSX.Element | null {
  const base = baselines(runs);
  const lines = runs.flatMap((run, i) => {
    const b = base[i] ?? 0;
    const other = runs[b];
    const [step, old] = [run.steps[index], other?.steps[index]];
    if (b === i || other === undefined || step?.mprotect === undefined) return [];
    if (old?.mprotect === undefined) return [];
    const parts = [
      ...costText(costs?.[i], costs?.[b]),
      ...changes(step, old),
      ...entriesText(maps[i]),
    ];
    return [{ run, other, text: parts.length === 0 ? 'nothing differs' : parts.join(', ') }];
  });
  if (lines.length === 0) return null;
  return (
    <ul class="lead">
      {lines.map(({ run, other, text }, i) => (
        <li key={i}>
          <b>{machineLabel(run)}</b> against {machineLabel(other)}: {text}.
        </li>
      ))}
    </ul>
  );
}
