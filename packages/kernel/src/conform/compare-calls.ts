import { rawHex, type EventCounters, type Pte } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { OpStep } from '../recording/types.ts';
import {
  foreignCalls,
  isFoldAttempt,
  recordedCalls,
  type Call,
  type VisibleCall,
} from './traced-calls.ts';

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

/** Decides whether a recorded and a modelled entry are the same. */
type SameEntry = (recorded: Readonly<Pte>, modelled: Readonly<Pte>) => boolean;

function show(call: Call | undefined): string {
  if (call === undefined) return 'no further call';
  return [call.text, ...call.entries.map(rawHex)].join(' ');
}

function sameCall(recorded: Call, modelled: Call, sameEntry: SameEntry): boolean {
  return (
    recorded.text === modelled.text &&
    recorded.entries.every((entry, i) => {
      const other = modelled.entries[i];
      return other !== undefined && sameEntry(entry, other);
    })
  );
}

/** The first call at which two traces part, or null. A cut recording is compared as a prefix. */
function firstDifference(
  recorded: readonly Call[],
  modelled: readonly Call[],
  cut: boolean,
  sameEntry: SameEntry,
): Difference | null {
  const length = cut ? recorded.length : Math.max(recorded.length, modelled.length);
  for (let i = 0; i < length; i++) {
    const expected = recorded[i];
    const found = modelled[i];
    if (expected !== undefined && found !== undefined && sameCall(expected, found, sameEntry))
      continue;
    return { what: `call ${i}`, expected: show(expected), found: show(found) };
  }
  return null;
}

/** How two traces are compared. */
export interface CallComparison {
  /** The calls that the recording shows. */
  readonly visible: readonly VisibleCall[];
  readonly sameEntry: SameEntry;
  /**
   * Whether the kernel tried to fold a block where the model did or would have if its frame were
   * aligned; null if that can't be known. Asked once the frames that other calls show are known.
   *
   * @defaultValue as the model
   */
  readonly triesFold?: (call: Call) => boolean | null;
}

function triesAsModelled({ unaligned }: Call): boolean {
  return unaligned !== true;
}

/**
 * Compares the ordered calls of an mprotect, and how often each was made: where the order was cut,
 * the totals still cover the whole call.
 */
export function compareCalls(
  step: OpStep,
  modelled: readonly Call[],
  { visible, sameEntry, triesFold = triesAsModelled }: CallComparison,
): Comparison {
  // Recordings that count instructions were made without tracing.
  if (step.counters == null || step.plugin !== undefined) return { compared: 0, differences: [] };
  const cut = step.seq_truncated === 1;
  const recorded = recordedCalls(step, visible);
  const ordered = (calls: readonly Call[]): Call[] => calls.filter((call) => call.beside !== true);
  const withoutFolds = (calls: readonly Call[]): Call[] =>
    ordered(calls).filter((call) => !isFoldAttempt(call));
  // Shows which frame is which; what differs is found again below.
  firstDifference(withoutFolds(recorded), withoutFolds(modelled), cut, sameEntry);
  const folds = new Map(
    modelled.filter(isFoldAttempt).map((call) => [call, triesFold(call)] as const),
  );
  const unknownFolds = [...folds.values()].includes(null);
  const made = modelled.filter((call) => folds.get(call) ?? !isFoldAttempt(call));
  const differences: Difference[] = [];
  const first = firstDifference(ordered(recorded), ordered(made), cut, sameEntry);
  if (first !== null) differences.push(first);
  let compared = 1;
  for (const call of visible) {
    const { probe } = call;
    if (unknownFolds && isFoldAttempt({ probe })) continue;
    compared++;
    const expected = (step.counters[probe] ?? 0) - foreignCalls(step, call);
    const found = made.filter((other) => other.probe === probe).length;
    if (expected === found) continue;
    const what = `counter ${probe.replace(':', '')}`;
    differences.push({ what, expected: String(expected), found: String(found) });
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
