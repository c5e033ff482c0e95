import type { JSX } from 'preact';
import type { Session } from '../page/session.ts';
import { headlineWords } from './headline-words.ts';

/** What a machine has done so far in the step, in a line above its page table. */
export function Headline(props: {
  readonly session: Session;
  readonly index: number;
}): JSX.Element | null {
  const show = props.session.showNow();
  const words = show === null ? null : headlineWords(show, props.index, props.session.prices.value);
  if (words === null) return null;
  return (
    <p class="headline" data-testid="headline">
      <b>{words.strategy}</b>
      {words.counts.map((count) => (
        <span key={count}>{count}</span>
      ))}
      {words.time !== '' && <span title="predicted from what was counted">{words.time}</span>}
    </p>
  );
}
