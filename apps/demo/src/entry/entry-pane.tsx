import { rawHex } from '@ptelab/pte';
import type { JSX } from 'preact';
import { pagesText } from '../model/calls.ts';
import { ENTRY_KIND } from '../model/entry-kind.ts';
import type { MachineFilm } from '../model/machine-film.ts';
import type { TableFrame } from '../model/table-frame.ts';
import type { MachineShow, Session } from '../page/session.ts';
import { batchOfPage } from './batch-end.ts';
import { entryWords, folioWords } from './entry-words.ts';
import { explainEntry } from './explain.ts';

function wordsAt(frame: TableFrame, page: number): { pfn: number; bits: number } {
  const i = page - frame.at;
  return { pfn: frame.pfn[i] ?? 0, bits: frame.bits[i] ?? 0 };
}

function exclusiveWords(frame: TableFrame, page: number): string | null {
  const i = page - frame.at;
  const isMapped = frame.kind[i] === ENTRY_KIND.page || frame.kind[i] === ENTRY_KIND.huge;
  if (!isMapped || frame.exclusive[i] === -1) return null;
  const times = frame.mapcount[i] ?? 0;
  const mapped = `mapped ${times} ${times === 1 ? 'time' : 'times'}`;
  return `${frame.exclusive[i] === 1 ? 'PageAnonExclusive' : 'not exclusive'}, ${mapped}`;
}

function Batch(props: {
  readonly film: MachineFilm;
  readonly strategy: string;
  readonly page: number;
}): JSX.Element | null {
  const found = batchOfPage(props.film, props.strategy, props.page);
  if (found === null) return null;
  const { at, pages, why, commit, whyCommit } = found;
  return (
    <p class="batch-facts" data-testid="batch-end">
      <b>Batch of {pages}</b>, {pagesText(at, pages)}: ends because {why}.
      {whyCommit !== null && commit !== null && (
        <>
          {' '}
          Committed with {pagesText(commit.at, commit.pages)}: {whyCommit}.
        </>
      )}
    </p>
  );
}

function Fields({
  film,
  page,
}: {
  readonly film: MachineFilm;
  readonly page: number;
}): JSX.Element {
  const { arch, player } = film;
  const isLeaf = player.frame.kind[page - player.frame.at] !== ENTRY_KIND.huge;
  const fields = explainEntry(
    arch,
    wordsAt(player.frame, page),
    isLeaf ? wordsAt(film.film.before, page) : null,
  );
  if (fields.length === 0) return <p class="note">Nothing is set.</p>;
  return (
    <table class="fields">
      <thead>
        <tr>
          <th scope="col">bits</th>
          <th scope="col">field</th>
          <th scope="col">value</th>
          <th scope="col">meaning</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ bits, name, value, note, was }) => (
          <tr key={bits} class={was !== null ? 'differs' : /^0(x0)?$/.test(value) ? 'zero' : ''}>
            <td>{bits}</td>
            <th scope="row">{name}</th>
            <td>
              <code>{value}</code>
            </td>
            <td>
              {was !== null && <b>was {was}. </b>}
              {note}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Explained(props: {
  readonly machine: MachineShow;
  readonly film: MachineFilm;
  readonly page: number;
}): JSX.Element {
  const { machine, film, page } = props;
  const { frame } = film.player;
  const raw = rawHex(wordsAt(frame, page));
  const before = rawHex(wordsAt(film.film.before, page));
  const isTable = frame.kind[page - frame.at] !== ENTRY_KIND.noTable;
  const facts = [folioWords(film, page), exclusiveWords(frame, page)].filter(
    (fact) => fact !== null,
  );
  return (
    <>
      <p class="raw">
        <code data-testid="raw">{isTable ? raw : 'no page table'}</code>
        <small>{raw === before ? ' as before the step' : ` was ${before}`}</small>
      </p>
      {facts.map((fact) => (
        <p class="facts" key={fact}>
          {fact}
        </p>
      ))}
      <Batch film={film} strategy={machine.summary.strategy} page={page} />
      <Fields film={film} page={page} />
    </>
  );
}

/** Explains the entry under the pointer or the focus, on the machine that leads. */
export function EntryPane({ session }: { readonly session: Session }): JSX.Element | null {
  const page = session.explained.value;
  const focus = session.focus.value;
  const machine = session.showNow()?.machines[session.lead.value];
  if (machine === undefined) return null;
  const { film } = machine;
  return (
    <section class="entry" aria-labelledby="entry-title">
      <h2 id="entry-title">
        PTE of page {page}{' '}
        <small>
          {machine.spec.arch} {machine.spec.kernel} {machine.summary.strategy}
          {session.pinned.value ? ', pinned' : ''}
        </small>
      </h2>
      <p class="for-ears" aria-live="polite" id="focused-entry">
        {film === null ? '' : `page ${focus}: ${entryWords(film, focus)}`}
      </p>
      {film === null ? (
        <p class="note">The model does not get here on this machine.</p>
      ) : (
        <Explained machine={machine} film={film} page={page} />
      )}
    </section>
  );
}
