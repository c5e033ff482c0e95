import type { FlushedRange, MprotectOutcome } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { batchGroups, type BatchGroup } from '../batch-groups.ts';
import { pagesText } from '../text.ts';
import { Items } from './items.tsx';

function groupText({ at, pages, count, nr, commits }: BatchGroup): string {
  const committed = commits.length > 1 ? `, committed ${commits.join(' + ')}` : '';
  const batches = count === 1 ? `1 batch of ${nr}` : `${count} batches of ${nr}`;
  return `${pagesText(at, pages)}: ${batches}${committed}`;
}

function flushText({ at, pages, stride }: FlushedRange): string {
  return stride > 1 ? `${pagesText(at, pages)}, stride ${stride}` : pagesText(at, pages);
}

/** Result, batches and flushes of an mprotect, as entries of a description list. */
export function Calls({ outcome }: { readonly outcome: MprotectOutcome }): JSX.Element {
  const { error, changed, batches, flushes } = outcome;
  return (
    <>
      <dt>Result</dt>
      <dd>
        {error ?? 'ok'}, {changed} {changed === 1 ? 'entry' : 'entries'} counted as changed
      </dd>
      <dt>Batches</dt>
      <dd data-testid="batches">
        <Items none="none">{batchGroups(batches).map(groupText)}</Items>
      </dd>
      <dt>Flushes</dt>
      <dd data-testid="flushes">
        <Items none="none">{flushes.map(flushText)}</Items>
      </dd>
    </>
  );
}
