import type { MachineSpec } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { explainEntry, type Cell } from '../model.ts';
import { folioText, orderText } from '../text.ts';

function pageFacts({ folio, folioOrder, exclusive, mapcount }: Cell): string {
  if (folio === null || folioOrder === null) return 'maps no folio';
  const facts = [
    `folio ${folioText(folio)} of ${orderText(folioOrder)} (order ${folioOrder})`,
    exclusive === null ? null : exclusive ? 'PageAnonExclusive' : 'not exclusive',
    mapcount === null ? null : `mapped ${mapcount} ${mapcount === 1 ? 'time' : 'times'}`,
  ];
  return facts.filter((fact) => fact !== null).join(', ');
}

function rowClass(value: string, was: string | null): string {
  if (was !== null) return 'differs';
  return value === '0' || value === '0x0' ? 'zero' : '';
}

interface EntryProps {
  readonly name: string;
  readonly spec: MachineSpec;
  readonly cell: Cell | undefined;
  /** Raw entry before the step. */
  readonly before: string | null;
}

/** One entry, field by field, with what the step changed. */
export function Entry({ name, spec, cell, before }: EntryProps): JSX.Element {
  if (cell === undefined) return <section aria-label={name} />;
  const { page, raw } = cell;
  const fields = explainEntry(spec, raw, before);
  return (
    <section class="entry" aria-label={`Entry of page ${page} on ${name}`}>
      <h2>
        PTE of page {page} <small>{name}</small>
      </h2>
      <p>
        <code class="raw">{raw ?? 'no page table'}</code>
        <span class="was">
          {before === raw ? (
            'unchanged by this step'
          ) : (
            <>
              was <code>{before ?? 'no page table'}</code>
            </>
          )}
        </span>
        {pageFacts(cell)}
      </p>
      {fields.length === 0 ? (
        <p class="note">{raw === null ? 'There is no entry.' : 'The entry is empty.'}</p>
      ) : (
        <div class="scroll">
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
              {fields.map(({ bits, name: field, value, note, was }) => (
                <tr key={bits} class={rowClass(value, was)}>
                  <td>{bits}</td>
                  <th scope="row">{field}</th>
                  <td>
                    <code>{value}</code>
                  </td>
                  <td>
                    {was !== null && <b>was {was} </b>}
                    {note}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
