import type { Cost } from '@ptelab/cost';
import type { StraceLog } from '@ptelab/kernel';
import type { PricedReplay } from '@ptelab/report';

function withCosts(of: readonly object[], costs: readonly Cost[]): object[] {
  return of.map((one, i) => ({ ...one, cost: costs[i] }));
}

/** What a log holds and its replays, as one document. */
export function replayJson(log: StraceLog, all: readonly PricedReplay[]): object {
  const { source, lines, calls, unfinished, unparsable, cut } = log;
  return {
    log: { source, lines, calls: Object.fromEntries(calls), unfinished, unparsable, cut },
    replays: all.map(({ replay, total, sites, processes, ranges, sizes }) => ({
      ...replay,
      total: { ...replay.total, cost: total },
      sites: withCosts(replay.sites, sites),
      processes: withCosts(replay.processes, processes),
      ranges: withCosts(replay.ranges, ranges),
      sizes: withCosts(replay.sizes, sizes),
    })),
  };
}
