import type { MappedPage } from '@ptelab/scenario';

/** A bit that a map shows. */
export interface Mark {
  readonly letter: string;
  readonly name: string;
  readonly isSet: (page: MappedPage) => boolean;
}

/** In the order of their places in a cell; the letters are those of `entries` steps. */
export const MARKS: readonly Mark[] = [
  { letter: 'W', name: 'write', isSet: (page) => page.write },
  { letter: 'D', name: 'dirty', isSet: (page) => page.dirty },
  { letter: 'Y', name: 'accessed (young)', isSet: (page) => page.young },
  { letter: 'S', name: 'soft-dirty', isSet: (page) => page.softDirty },
  { letter: 'U', name: 'uffd-wp', isSet: (page) => page.uffdWp },
  { letter: 'E', name: 'PageAnonExclusive', isSet: (page) => page.exclusive === true },
];

/** The marks that some page of some map has: a place for others would say nothing. */
export function usedMarks(maps: readonly (readonly MappedPage[])[]): Mark[] {
  return MARKS.filter(({ isSet }) => maps.some((pages) => pages.some(isSet)));
}

/** What stands in place of a folio's letter where there is no folio. */
export function stateText({ state }: MappedPage): string {
  if (state === 'page' || state === 'huge') return '·';
  if (state === 'no-table' || state === 'empty') return '';
  if (state.startsWith('migration')) return 'mig';
  if (state.startsWith('device')) return 'dev';
  return { swap: 'swap', hwpoison: 'hwp', marker: 'mark' }[state as 'swap'];
}

/** A page in words. */
export function pageWords(page: MappedPage): string {
  const { state, folioOrder, protNone, cont } = page;
  const marks = MARKS.filter(({ isSet }) => isSet(page)).map(({ name }) => name);
  const words = [
    state === 'page' ? null : state.replace('no-table', 'no page table'),
    folioOrder === null ? null : `folio of order ${folioOrder}`,
    protNone ? 'PROT_NONE' : null,
    ...marks,
    cont === null ? null : cont === 'valid' ? 'contiguous' : 'contiguous bit, not valid',
  ];
  return words.filter((word) => word !== null).join(', ');
}

/** True if two pages show the same entry: same bits, same frame. */
export function sameEntry(a: MappedPage, b: MappedPage): boolean {
  return a.raw === b.raw && a.pfn === b.pfn && a.exclusive === b.exclusive;
}

/** Numbers folios of more than one page by their first frame, in order of appearance. */
export function folioNumbers(maps: readonly (readonly MappedPage[])[]): Map<number, number> {
  const numbers = new Map<number, number>();
  for (const { folio, folioOrder } of maps.flat()) {
    if (folio === null || (folioOrder ?? 0) === 0 || numbers.has(folio)) continue;
    numbers.set(folio, numbers.size);
  }
  return numbers;
}

const LETTERS = 26;

/** The letter of a folio: A to Z, then AA. */
export function folioLetter(number: number): string {
  const last = String.fromCharCode(65 + (number % LETTERS));
  return number < LETTERS ? last : `${folioLetter(Math.floor(number / LETTERS) - 1)}${last}`;
}
