import { timeText } from '@ptelab/report';
import type { JSX } from 'preact';
import type { MachineShow, Session } from '../page/session.ts';
import { costMachinesOf, costSoFar } from './cost-of-moment.ts';

function likelyNs({ film, spec, summary }: MachineShow): number | null {
  const [priced] = costMachinesOf(spec);
  if (film === null || priced === undefined) return null;
  return costSoFar(film.player.counters(), spec, summary.strategy, priced).total.likely;
}

/** `0.38 of the first`; empty where it is the same, and where times can't be compared. */
function ratioText(own: number | null, first: number | null): string {
  if (own === null || first === null || own === 0 || first === 0) return '';
  const ratio = (own / first).toFixed(2);
  return ratio === '1.00' ? '' : `, ${ratio} of the first`;
}

/** What a machine has done so far in the step, in a line above its page table. */
export function Headline(props: {
  readonly session: Session;
  readonly index: number;
}): JSX.Element | null {
  const show = props.session.showNow();
  if (show === null) return null;
  const machine = show.machines[props.index];
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
  const ns = likelyNs(machine);
  const [first] = show.machines;
  const firstNs = first?.spec.arch === machine.spec.arch ? likelyNs(first) : null;
  return (
    <p class="headline" data-testid="headline">
      <b>{machine.summary.strategy}</b>
      {said.map(([name, count]) => (
        <span key={name}>
          {count} {name}
        </span>
      ))}
      {ns !== null && ns > 0 && (
        <span title="predicted from what was counted">
          {timeText(ns)}
          {ratioText(ns, firstNs)}
        </span>
      )}
    </p>
  );
}
