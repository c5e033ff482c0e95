import type { Cost, CostPartName } from '@ptelab/cost';
import type { Replay, ReplayTally } from '@ptelab/kernel';
import { roundedNumber } from '../plot/scale.ts';
import { timeText } from '../text/times.ts';

const UNITS: readonly (readonly [number, string])[] = [
  [2 ** 40, 'T'],
  [2 ** 30, 'G'],
  [2 ** 20, 'M'],
  [2 ** 10, 'K'],
];

/** A length in the largest unit that it is a multiple of: `64K`, `1028K`. */
export function bytesText(bytes: number): string {
  if (bytes === 0) return '0';
  const [size, unit] = UNITS.find(([candidate]) => bytes % candidate === 0) ?? [1, ''];
  return `${bytes / size}${unit}`;
}

/** Folios that anonymous memory may use: `4K`, or `64K+2M`. */
export function folioText({ folioOrders }: Replay): string {
  if (folioOrders.length === 0) return '4K';
  return folioOrders.map((order) => bytesText(4096 * 2 ** order)).join('+');
}

/** What a process is called. */
export function processName(program: string | null, pid: number | null): string {
  if (program !== null) return program;
  return pid === null || pid === 0 ? 'unnamed' : `pid ${pid}`;
}

/** Entries for each batch, or nothing where there was none. */
export function meanBatch({ entries, events: { batches } }: ReplayTally): string {
  return batches === 0 ? '' : roundedNumber(entries / batches);
}

/** Nanoseconds of some parts of a cost. */
function partsNs(cost: Cost, names: readonly CostPartName[]): number {
  return cost.parts.reduce(
    (sum, { name, ns }) => (names.includes(name) ? sum + ns.likely : sum),
    0,
  );
}

/** What a time goes into: the calls themselves, the entries, folding and unfolding, flushes. */
export const TIME_COLUMNS: readonly (readonly [string, readonly CostPartName[]])[] = [
  ['calls', ['syscall']],
  ['entries', ['page lookup', 'batch scan', 'commit', 'xchg']],
  ['contpte', ['contpte convert']],
  ['flushes', ['TLB flush']],
];

/** The whole of a time, then its parts as {@link TIME_COLUMNS} has them. */
export function timeTexts(cost: Cost): string[] {
  const parts = TIME_COLUMNS.map(([, names]) => timeText(partsNs(cost, names)));
  return [timeText(cost.total.likely), ...parts];
}
