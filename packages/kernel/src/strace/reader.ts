import { PtelabInputError } from '../input-error.ts';

/** Where an argument is read: for complaints. */
export interface Reader {
  readonly source: string;
  readonly line: number;
  readonly name: string;
}

/** Longest text that a complaint repeats. */
const MOST_SHOWN = 60;

/** Text of a log with what a terminal might obey, or not show, as escapes. */
export function printable(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text of a log in quotes, short and printable. */
export function shown(text: string): string {
  const short = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
  return `"${printable(short)}"`;
}

/** Refuses an argument. */
export function bad(reader: Reader, expected: string, found: string): never {
  const { source, line, name } = reader;
  const text = `${name}: expected ${expected}, found ${shown(found)}`;
  throw new PtelabInputError('bad-call', source, line, text);
}

/**
 * End of the largest address space that programs get without asking for more: arm64 with 48 bits. Also
 * bounds what one call can take: ranges are walked table by table.
 */
const ADDRESS_LIMIT: number = 2 ** 48;
/** Smallest page of any machine that logs come from. */
const PAGE_BYTES = 4096;

const NUMBER = /^(?:0x[0-9a-f]{1,16}|\d{1,20})$/i;

/**
 * Reads an address or a length, decimal or hexadecimal, or NULL.
 *
 * @throws PtelabInputError for what is no number or does not fit an address space.
 */
export function byteNumber(reader: Reader, what: string, text: string): number {
  const value = text === 'NULL' ? 0 : NUMBER.test(text) ? Number(text) : NaN;
  return value <= ADDRESS_LIMIT ? value : bad(reader, `${what} from 0 to 2^48`, text);
}

/** Reads an offset in a file: drivers take any 64 bits as one. */
export function fileOffset(reader: Reader, text: string): number {
  return NUMBER.test(text) ? Number(text) : bad(reader, 'an offset', text);
}

/** As {@link byteNumber}, for the start of a range: a call with another one can't succeed. */
export function pageAddress(reader: Reader, what: string, text: string): number {
  const value = byteNumber(reader, what, text);
  return value % PAGE_BYTES === 0 ? value : bad(reader, `${what} at the start of a page`, text);
}

/** Checks that a range ends within the address space. */
export function checkRange(reader: Reader, start: number, length: number): void {
  if (start + length <= ADDRESS_LIMIT) return;
  bad(reader, 'a range that ends below 2^48', `0x${start.toString(16)} + ${length}`);
}
