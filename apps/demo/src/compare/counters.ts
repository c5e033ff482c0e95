import { EVENT_NAMES, type EventCounters } from '@ptelab/pte';

type EventName = keyof EventCounters;

/** What counters count, for those whose name does not say it. */
const MEANING: Readonly<Partial<Record<EventName, string>>> = {
  rawReads: '64-bit loads of an entry',
  rawWrites: '64-bit stores of an entry',
  xchg: 'atomic swaps of an entry with 0',
  cmpxchg: 'compare-and-swap loops',
  unfolds: 'blocks dissolved',
  folds: 'blocks built',
  contpteGets: 'reads that look at a block',
  foldAttempts: 'tries to build a block',
  flushCalls: 'TLB flushes of a range',
  tlbiOps: 'TLBI instructions',
  dsb: 'barriers that wait for them',
  invlpg: 'single-page invalidations',
  fullFlushes: 'flushes of the whole address space',
  pageLookups: 'struct page lookups',
  paeTests: 'reads of PageAnonExclusive',
  upgradeTests: 'may it become writable?',
  batches: 'changes begun',
  commits: 'changes stored',
  flushRecords: 'ranges noted for the flush',
  pmdSplits: 'huge mappings split',
  faults: 'page faults',
};

/** One counter on both machines. */
export interface CounterRow {
  readonly name: EventName;
  readonly meaning: string;
  readonly values: readonly number[];
  /** Second minus first. */
  readonly difference: number;
}

/** The counters that are not zero on all machines, and the names of the others. */
export function counterRows(events: readonly EventCounters[]): {
  readonly rows: readonly CounterRow[];
  readonly zero: readonly EventName[];
} {
  const all = EVENT_NAMES.map((name): CounterRow => {
    const values = events.map((record) => record[name]);
    const [first = 0] = values;
    return {
      name,
      meaning: MEANING[name] ?? '',
      values,
      difference: (values.at(-1) ?? first) - first,
    };
  });
  const isZero = (row: CounterRow): boolean => row.values.every((value) => value === 0);
  return {
    rows: all.filter((row) => !isZero(row)),
    zero: all.filter(isZero).map(({ name }) => name),
  };
}
