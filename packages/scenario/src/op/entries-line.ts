import { parseEntryWord, type EntryFolio, type EntryFolioKind } from '../entries/entry-word.ts';
import { OpLineError } from './op-line-error.ts';
import type { EntriesOp } from './operation.ts';

const KINDS: readonly EntryFolioKind[] = ['anon', 'file', 'ksm'];

function badFolio(word: string): never {
  const form = 'NAME=ORDER[,anon|file|ksm][,pfn:N][,exclusive:DIGITS][,shared]';
  throw new OpLineError(`expected a folio ${form}, found ${JSON.stringify(word)}`);
}

function readFolio(word: string): [string, EntryFolio] {
  const [, name, order, rest] = /^([A-Z])=(\d{1,2})((?:,[^,]+)*)$/.exec(word) ?? badFolio(word);
  let folio: EntryFolio = { order: Number(order) };
  for (const part of rest?.split(',').slice(1) ?? []) {
    const kind = KINDS.find((candidate) => candidate === part);
    const [, pfn] = /^pfn:(\d{1,11})$/.exec(part) ?? [];
    const [, exclusive] = /^exclusive:([01]+)$/.exec(part) ?? [];
    if (kind !== undefined) folio = { ...folio, kind };
    else if (pfn !== undefined) folio = { ...folio, pfn: Number(pfn) };
    else if (exclusive !== undefined) folio = { ...folio, exclusive };
    else if (part === 'shared') folio = { ...folio, shared: true };
    else badFolio(word);
  }
  return [name ?? '', folio];
}

/** Reads the words of an `entries` line after its first page: folios first, then entries. */
export function readEntries(at: number, words: readonly string[]): EntriesOp {
  const folios = words.filter((word) => word.includes('='));
  const pages = words.slice(folios.length);
  for (const word of pages) {
    if (parseEntryWord(word) === null) {
      throw new OpLineError(`expected an entry, found ${JSON.stringify(word)}`);
    }
  }
  if (pages.length === 0) throw new OpLineError('expected entries, found the end of the line');
  if (folios.length === 0) return { op: 'entries', at, pages };
  return { op: 'entries', at, folios: Object.fromEntries(folios.map(readFolio)), pages };
}

/** Writes the words of an `entries` line after its first page; the reverse of {@link readEntries}. */
export function formatEntries({ folios, pages }: EntriesOp): string[] {
  const defined = Object.entries(folios ?? {}).map(([name, folio]) => {
    const { order, kind, pfn, exclusive, shared } = folio;
    const parts = [
      String(order),
      kind,
      pfn === undefined ? undefined : `pfn:${pfn}`,
      exclusive === undefined ? undefined : `exclusive:${exclusive}`,
      shared === true ? 'shared' : undefined,
    ];
    return `${name}=${parts.filter((part) => part !== undefined).join(',')}`;
  });
  return [...defined, ...pages];
}
