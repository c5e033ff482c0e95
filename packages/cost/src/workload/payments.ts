import type { EventCounters } from '@ptelab/pte';
import { createMachine, type Machine } from '@ptelab/scenario';
import type { CostPartName } from '../cost.ts';
import type { CostMachine } from '../machine.ts';
import type { ParameterName } from '../parameter.ts';
import type { Payment } from '../price/combine.ts';
import { commitPathOf, type CostContext } from '../price/context.ts';
import { costTerms, type CostTerm } from '../price/terms.ts';
import { blend, countCycle } from './count-cycle.ts';
import type { Workload } from './workload.ts';

/** A payment of a workload; `null` for what is not the system call's: clearing and touching memory. */
export interface WorkloadPayment extends Payment {
  readonly part: CostPartName | null;
}

function simulated(workload: Workload, machine: CostMachine): Machine {
  const { kernel, strategy, probe } = workload;
  const named = strategy === undefined ? {} : { strategy };
  if (machine.arm64 === undefined) return createMachine({ arch: 'x86-64', kernel, ...named });
  const bbml2 = probe?.bbml2 ?? machine.arm64.bbml2;
  return createMachine({
    arch: 'arm64',
    kernel,
    ...named,
    arm64: { ...machine.arm64, bbml2 },
  });
}

function countWorkload(workload: Workload, machine: Machine): EventCounters[] {
  const { layout, cycle, pages } = workload;
  const share = layout.share ?? 1;
  const large = countCycle(machine, { layout, prots: cycle }, pages);
  if (share === 1) return large;
  const alone = { ...layout, kb: 4 };
  const small = countCycle(machine, { layout: alone, prots: cycle }, pages);
  return large.map((count, i) => blend(count, share, small[i] ?? count, 1 - share));
}

/** Parameters that a probe leaves out. */
function skipped({ probe }: Workload): ReadonlySet<ParameterName> {
  return new Set<ParameterName>([
    ...(probe?.withoutBatchCommit === true ? (['batchCommit', 'fastCommit'] as const) : []),
    ...(probe?.withoutLookup === true ? (['lookup', 'lookupCold'] as const) : []),
    ...(probe?.withoutDiscovery === true ? (['discovery', 'largeBatch'] as const) : []),
  ]);
}

function callTerms(workload: Workload, machine: CostMachine): CostTerm[] {
  if (workload.cycle.length === 0) return [];
  const { cycle, timed, probe } = workload;
  const on = simulated(workload, machine);
  const bbml2 = probe?.bbml2 ?? machine.arm64?.bbml2 ?? false;
  const skip = skipped(workload);
  return countWorkload(workload, on).flatMap((events, i) => {
    if (timed !== undefined && cycle[i] !== timed) return [];
    const context: CostContext = {
      commitPath: probe?.commitPath ?? commitPathOf(on.strategy.name),
      memmap: workload.memmap ?? 'hot',
      contPtes: on.arch.contPtes,
      bbml2: bbml2 && on.arch.features.bbml2Noabort,
    };
    return costTerms(events, machine, context).filter(({ parameter }) => !skip.has(parameter));
  });
}

/**
 * How often a workload pays each parameter of a machine.
 *
 * @throws UnsupportedError if the model lacks something that the layout needs.
 */
export function workloadPayments(workload: Workload, machine: CostMachine): WorkloadPayment[] {
  const cycles = workload.cycles ?? 1;
  const all = cycles * workload.pages;
  return [
    ...callTerms(workload, machine).map((term) => ({ ...term, count: term.count * cycles })),
    ...(workload.zeroes === true
      ? [{ part: null, parameter: 'zeroing' as const, count: all }]
      : []),
    ...(workload.touches === true ? [{ part: null, parameter: 'touch' as const, count: all }] : []),
  ];
}
