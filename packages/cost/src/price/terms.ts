import type { EventCounters } from '@ptelab/pte';
import type { CostPartName } from '../cost.ts';
import type { CostMachine } from '../machine.ts';
import type { ParameterName } from '../parameter.ts';
import type { CostContext } from './context.ts';

/** How often a parameter is paid, and in which part of the cost. */
export interface CostTerm {
  readonly part: CostPartName;
  readonly parameter: ParameterName;
  readonly count: number;
}

const CONT_PTES_4K = 16;

/** What the events are of, without what folding and unfolding took. */
interface Split {
  readonly converts: number;
  readonly convertEntries: number;
  readonly convertFlushes: number;
  readonly convertExtraTlbi: number;
  /** Entries that were started: each swapped once. */
  readonly entries: number;
}

function split(events: EventCounters, machine: CostMachine, context: CostContext): Split {
  const converts = events.unfolds + events.folds;
  const contPtes = context.contPtes ?? CONT_PTES_4K;
  const bbml2 = context.bbml2 ?? machine.arm64?.bbml2 ?? false;
  const tlbiRange = context.tlbiRange ?? machine.arm64?.tlbiRange ?? true;
  const convertFlushes = bbml2 ? 0 : converts;
  const convertEntries = converts * contPtes;
  return {
    converts,
    convertEntries,
    convertFlushes,
    convertExtraTlbi: tlbiRange ? 0 : convertFlushes * (contPtes - 1),
    entries: Math.max(0, events.xchg - convertEntries),
  };
}

/** Loop turns and commits, by the code that makes them. */
function commitTerms(events: EventCounters, context: CostContext): CostTerm[] {
  const { batches, commits, singleBatches } = events;
  const turns: CostTerm = { part: 'commit', parameter: 'turn', count: batches };
  const path = context.commitPath ?? 'batch';
  if (path === 'single') return [turns];
  const fast = path === 'fast-path' ? singleBatches : 0;
  return [
    turns,
    { part: 'commit', parameter: 'batchTurn', count: batches },
    { part: 'commit', parameter: 'batchCommit', count: commits - fast },
    { part: 'commit', parameter: 'fastCommit', count: fast },
    { part: 'batch scan', parameter: 'discovery', count: batches },
    { part: 'batch scan', parameter: 'largeBatch', count: batches - singleBatches },
  ];
}

function lookupTerms({ pageLookups, paeTests }: EventCounters, context: CostContext): CostTerm[] {
  // Further pages of a batch lie behind the one that was looked up, in a row.
  const cold = context.memmap === 'cold' ? pageLookups : 0;
  return [
    { part: 'page lookup', parameter: 'lookup', count: pageLookups },
    { part: 'page lookup', parameter: 'lookupCold', count: cold },
    { part: 'page lookup', parameter: 'paeTest', count: paeTests },
  ];
}

function flushTerms(events: EventCounters, machine: CostMachine, of: Split): CostTerm[] {
  const part = 'TLB flush';
  if (machine.arch === 'x86-64') {
    return [
      { part, parameter: 'flushPage', count: events.invlpg },
      { part, parameter: 'flushAll', count: events.fullFlushes },
    ];
  }
  const extra = Math.max(0, events.tlbiOps - events.flushCalls - of.convertExtraTlbi);
  return [
    { part, parameter: 'flush', count: Math.max(0, events.flushCalls - of.convertFlushes) },
    { part, parameter: 'flushPage', count: extra },
  ];
}

/** How often the events pay each parameter of the machine. */
export function costTerms(
  events: EventCounters,
  machine: CostMachine,
  context: CostContext = {},
): CostTerm[] {
  const of = split(events, machine, context);
  const convert = 'contpte convert';
  const terms: CostTerm[] = [
    { part: 'syscall', parameter: 'syscall', count: context.calls ?? 1 },
    ...lookupTerms(events, context),
    { part: 'batch scan', parameter: 'read', count: events.rawReads },
    ...commitTerms(events, context),
    { part: 'commit', parameter: 'write', count: events.rawWrites - of.convertEntries },
    { part: 'xchg', parameter: 'xchg', count: of.entries },
    { part: 'xchg', parameter: 'cmpxchg', count: events.cmpxchg },
    { part: convert, parameter: 'xchg', count: of.convertEntries },
    { part: convert, parameter: 'write', count: of.convertEntries },
    { part: convert, parameter: 'flush', count: of.convertFlushes },
    { part: convert, parameter: 'flushPage', count: of.convertExtraTlbi },
    ...flushTerms(events, machine, of),
    { part: 'faults', parameter: 'fault', count: context.faults ?? events.faults },
  ];
  return terms.filter(({ count }) => count !== 0);
}
