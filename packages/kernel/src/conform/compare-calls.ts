import type { EventCounters } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { OpStep } from '../recording/types.ts';
import { recordedCalls, visibleCalls, type ModelCall } from './traced-calls.ts';

/** One difference, before it is placed in a file. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What was compared, and what differs. */
export interface Comparison {
  readonly compared: number;
  readonly differences: readonly Difference[];
}

function countOf(calls: readonly string[] | readonly ModelCall[], probe: string): number {
  return (calls as readonly ModelCall[]).filter((call) => call.probe === probe).length;
}

/** The first call at which two traces part, or null. A cut recording is compared as a prefix. */
function firstDifference(
  recorded: readonly string[],
  modelled: readonly ModelCall[],
  cut: boolean,
): Difference | null {
  const length = cut ? recorded.length : Math.max(recorded.length, modelled.length);
  for (let i = 0; i < length; i++) {
    const expected = recorded[i] ?? 'no further call';
    const found = modelled[i]?.text ?? 'no further call';
    if (expected !== found) return { what: `call ${i}`, expected, found };
  }
  return null;
}

/**
 * Compares the ordered calls of an mprotect and, where the order was cut, how often each probe fired.
 * Functions without a probe of their own are left out of the totals: their counters also hold calls
 * on behalf of other work.
 */
export function compareCalls(
  step: OpStep,
  modelled: readonly ModelCall[],
  spec: MachineSpec,
): Comparison {
  if (step.counters == null) return { compared: 0, differences: [] };
  const visible = visibleCalls(spec);
  const cut = step.seq_truncated === 1;
  const differences: Difference[] = [];
  const first = firstDifference(recordedCalls(step, visible), modelled, cut);
  if (first !== null) differences.push(first);
  let compared = 1;
  for (const { probe } of visible) {
    if (!probe.endsWith(':')) continue;
    compared++;
    const expected = step.counters[probe] ?? 0;
    const found = countOf(modelled, probe);
    if (expected === found) continue;
    differences.push({ what: `counter ${probe.slice(0, -1)}`, expected: String(expected), found: String(found) });
  }
  return { compared, differences };
}

/** Keys of the TLB operations that the instruction recordings count, and the model's counter for them. */
function tlbTotals(
  plugin: Readonly<Record<string, number>>,
  events: Readonly<EventCounters>,
  spec: MachineSpec,
): Record<string, readonly [number, number]> {
  if (spec.arch === 'x86-64') {
    return {
      invlpg: [plugin.invlpg ?? 0, events.invlpg],
      mov_cr3: [plugin.mov_cr3 ?? 0, events.fullFlushes],
    };
  }
  const tlbi = Object.entries(plugin).filter(([key]) => key.startsWith('tlbi_'));
  return { tlbi: [tlbi.reduce((sum, [, count]) => sum + count, 0), events.tlbiOps] };
}

/**
 * Compares TLB operations with an instruction recording. Only where the window holds exactly one
 * system call: otherwise another task ran in it.
 */
export function compareTlbOperations(
  step: OpStep,
  events: Readonly<EventCounters>,
  spec: MachineSpec,
): Comparison {
  const { plugin } = step;
  if (plugin === undefined || (plugin.svc ?? plugin.syscall) !== 1) {
    return { compared: 0, differences: [] };
  }
  const totals = Object.entries(tlbTotals(plugin, events, spec));
  const differences = totals
    .filter(([, [expected, found]]) => expected !== found)
    .map(([what, [expected, found]]) => ({
      what: `TLB operations ${what}`,
      expected: String(expected),
      found: String(found),
    }));
  return { compared: totals.length, differences };
}
