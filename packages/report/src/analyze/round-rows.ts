import { timeText } from '../text/times.ts';
import type { Column } from '../text/table.ts';
import type { PricedRound } from './priced.ts';

const UNPRICED = '-';

/** Nanoseconds of both calls together; null without prices. */
export function roundTime({ protect, restore }: PricedRound): number | null {
  return protect === null || restore === null ? null : protect.total.likely + restore.total.likely;
}

/** Time of a round as a table shows it. */
export function roundTimeText(round: PricedRound | undefined): string {
  const time = round === undefined ? null : roundTime(round);
  return time === null ? UNPRICED : timeText(time);
}

/** A column for each machine: `arm64 6.16` over `per-pte`. */
export function machineColumns(rounds: readonly PricedRound[]): Column[] {
  return rounds.map(({ round: { machine } }) => ({
    title: `${machine.arch}\n${machine.kernel}\n${machine.strategy ?? ''}`,
    align: 'right',
  }));
}
