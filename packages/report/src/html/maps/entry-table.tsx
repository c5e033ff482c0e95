import type { MappedPage } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { pageRange } from '../../text/numbers.ts';
import { Scroll } from '../heading.tsx';
import { MARKS, pageWords } from './marks.ts';

/** Longer tables are of use to nobody. */
const MOST_LINES = 64;

interface Stretch {
  readonly first: MappedPage;
  last: MappedPage;
  pages: number;
}

/** True if two pages differ in nothing but where they are. */
function sameBits(a: MappedPage, b: MappedPage): boolean {
  return (
    a.state === b.state &&
    a.folioOrder === b.folioOrder &&
    a.protNone === b.protNone &&
    a.cont === b.cont &&
    MARKS.every(({ isSet }) => isSet(a) === isSet(b))
  );
}

/** Pages whose entries follow from the first: same bits, consecutive frames. */
function stretches(pages: readonly MappedPage[]): Stretch[] {
  const found: Stretch[] = [];
  for (const page of pages) {
    const open = found.at(-1);
    const follows =
      open !== undefined &&
      (page.pfn === null ? open.last.pfn === null : page.pfn - (open.last.pfn ?? 0) === 1) &&
      sameBits(page, open.last);
    if (follows) {
      open.last = page;
      open.pages++;
    } else found.push({ first: page, last: page, pages: 1 });
  }
  return found;
}

/** The entries of a map as text, closed until somebody asks. */
export function EntryTable({ pages }: { readonly pages: readonly MappedPage[] }): JSX.Element {
  const all = stretches(pages);
  const left = all.length - MOST_LINES;
  return (
    <details>
      <summary>Entries as text</summary>
      <Scroll label="Entries">
        <table class="entries">
          <thead>
            <tr>
              <th scope="col">pages</th>
              <th scope="col">first entry</th>
              <th scope="col">what it says</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, MOST_LINES).map(({ first, pages: nr }) => (
              <tr key={first.page}>
                <th scope="row">{pageRange(first.page, nr)}</th>
                <td>
                  <code>{first.raw ?? '-'}</code>
                </td>
                <td>{pageWords(first)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {left > 0 && <p class="note">and {left} more</p>}
    </details>
  );
}
