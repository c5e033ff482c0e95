import { timeText } from '@ptelab/report';
import type { Prices } from '../model/look.ts';
import type { MachineShow, Show } from '../page/session.ts';
import { costSoFar, pricedAs } from './cost-of-moment.ts';

function likelyNs({ film, spec, summary }: MachineShow, prices: Prices): number | null {
  const priced = pricedAs(spec, prices);
  if (film === null || priced === undefined) return null;
  return costSoFar(film.player.counters(), spec, summary.strategy, priced).total.likely;
}

/** `0.38 of the first`; empty where it is the same, and where times can't be compared. */
function ratioText(own: number | null, first: number | null): string {
  if (own === null || first === null || own === 0 || first === 0) return '';
  const ratio = (own / first).toFixed(2);
  return ratio === '1.00' ? '' : `, ${ratio} of the first`;
}

/** What a machine has done so far in the step, in a line. */
export interface HeadlineWords {
  readonly strategy: string;
  readonly counts: readonly string[];
  /** Predicted time; empty without one. */
  readonly time: string;
}

/** The words above the page table of a machine; null if it does not get to the step. */
export function headlineWords(show: Show, index: number, prices: Prices): HeadlineWords | null {
  const machine = show.machines[index];
  if (!machine?.film) return null;
  const { batches, commits, unfolds, flushCalls, faults } = machine.film.player.counters();
  const parts: readonly (readonly [string, number])[] = [
    [batches === 1 ? 'batch' : 'batches', batches],
    [commits === 1 ? 'commit' : 'commits', commits],
    [unfolds === 1 ? 'unfold' : 'unfolds', unfolds],
    [flushCalls === 1 ? 'flush' : 'flushes', flushCalls],
    [faults === 1 ? 'fault' : 'faults', faults],
  ];
  const said = parts.filter(([, count], i) => count > 0 || (batches > 0 && i < 2));
  const ns = likelyNs(machine, prices);
  const [first] = show.machines;
  const firstNs = first?.spec.arch === machine.spec.arch ? likelyNs(first, prices) : null;
  return {
    strategy: machine.summary.strategy,
    counts: said.map(([name, count]) => `${count} ${name}`),
    time: ns !== null && ns > 0 ? timeText(ns) + ratioText(ns, firstNs) : '',
  };
}
