/** Where the value of a parameter comes from. */
export type ParameterKind =
  | 'fitted' // follows from published measurements: see `fitMachine`
  | 'measured' // measured on a machine of this kind
  | 'tied' // a fixed multiple of another parameter
  | 'estimate'; // judged by people who know such machines; nobody measured it

/** One price of a machine. */
export interface CostParameter {
  /** Nanoseconds. */
  readonly value: number;
  /** The value is hardly below this. */
  readonly low: number;
  /** The value is hardly above this. */
  readonly high: number;
  readonly kind: ParameterKind;
  /** Of a tied parameter: it is `factor` times the other one. */
  readonly tie?: { readonly to: ParameterName; readonly factor: number };
  /** The message or table it comes from, or why it is thought so. */
  readonly source: string;
}

/** What each parameter is the price of. */
export const PARAMETER_MEANING: Readonly<Record<ParameterName, string>> = {
  syscall: 'one mprotect call without its entries: entry, lock, VMA work',
  read: 'one plain load of an entry that streams through the caches',
  write: 'one plain store of an entry',
  xchg: 'one atomic swap of an entry',
  cmpxchg: 'one uncontended compare-and-swap of an entry',
  turn: 'one turn of the loop: modify, start and commit, inlined for one entry',
  batchTurn: 'what a turn of the batching loop takes beyond the three below',
  batchCommit: 'what each commit takes more in the batching code',
  fastCommit: 'the same for a single entry on its own path, since 7.1',
  discovery: 'asking how long the batch is',
  largeBatch: 'setting up the scan of a large folio',
  lookup: 'one struct page lookup that hits the caches or streams',
  lookupCold: 'what a struct page takes more if its frame lies anywhere in memory',
  paeTest: 'one PageAnonExclusive test and the write-upgrade test around it',
  flush: 'arm64: one flush with one TLBI and both barriers, idle system',
  flushPage: 'each further TLBI of a flush (arm64), each INVLPG (x86-64)',
  flushAll: 'x86-64: emptying the TLB of the address space',
  fault: 'one write-protection or spurious fault',
  zeroing: 'clearing 4 KiB of mapped memory in user space',
  touch: 'one access to each page of a range after its TLB entries went',
};

/** Name of a {@link CostParameter}. */
export type ParameterName =
  | 'syscall'
  | 'read'
  | 'write'
  | 'xchg'
  | 'cmpxchg'
  | 'turn'
  | 'batchTurn'
  | 'batchCommit'
  | 'fastCommit'
  | 'discovery'
  | 'largeBatch'
  | 'lookup'
  | 'lookupCold'
  | 'paeTest'
  | 'flush'
  | 'flushPage'
  | 'flushAll'
  | 'fault'
  | 'zeroing'
  | 'touch';

/** The parameter names, in the order in which reports show them. */
export const PARAMETER_NAMES: readonly ParameterName[] = Object.keys(
  PARAMETER_MEANING,
) as ParameterName[];

/** A value that nobody measured, with the range it is thought to lie in. */
export function estimate(value: number, low: number, high: number, source: string): CostParameter {
  return { value, low, high, kind: 'estimate', source };
}

/** A value that was measured on a machine of this kind. */
export function measured(value: number, low: number, high: number, source: string): CostParameter {
  return { value, low, high, kind: 'measured', source };
}

/** A value that follows from published rows; `fitMachine` finds it again. */
export function fitted(value: number, low: number, high: number, source: string): CostParameter {
  return { value, low, high, kind: 'fitted', source };
}

/** A fixed multiple of another parameter, where the rows say only what both come to. */
export function tied(
  to: ParameterName,
  factor: number,
  base: Pick<CostParameter, 'value' | 'low' | 'high'>,
  source: string,
): CostParameter {
  const { value, low, high } = base;
  return {
    value: value * factor,
    low: low * factor,
    high: high * factor,
    kind: 'tied',
    tie: { to, factor },
    source,
  };
}
