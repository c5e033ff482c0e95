import { PtelabInputError } from '../input-error.ts';

/** A line of /proc/PID/maps. Units are pages. */
export interface MapsLine {
  /** First virtual page. */
  readonly start: number;
  /** Virtual page after the last. */
  readonly end: number;
  /** Four letters: `rwxp`, `-` for what is missing, `s` for shared. */
  readonly perms: string;
  /** Page of the file that `start` shows. */
  readonly offset: number;
  /** Device of the file as `major:minor`, hexadecimal. */
  readonly device: string;
  readonly inode: number;
  /** Path as /proc writes it, a name in brackets, or empty. */
  readonly path: string;
}

const LINE =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-][w-][x-][ps]) ([0-9a-f]{1,16}) ([0-9a-f]{2,8}:[0-9a-f]{2,8}) (\d{1,20}) *(.*)$/s;

/** True if a line of smaps begins a VMA: all others begin with a capital letter. */
export function startsVma(text: string): boolean {
  return /^[0-9a-f]+-/.test(text);
}

function shorten(text: string): string {
  const printable = text.replaceAll(/[^\u0020-\u007e]/g, '?');
  return JSON.stringify(printable.length > 60 ? `${printable.slice(0, 57)}...` : printable);
}

/** Refuses a line: says what was expected and what was found. */
export function refuseLine(source: string, line: number, expected: string, found: string): never {
  const text = `expected ${expected}, found ${shorten(found)}`;
  throw new PtelabInputError('bad-line', source, line, text);
}

/**
 * Reads a line of maps, or the first line of a VMA in smaps.
 *
 * @param source - named in errors.
 * @throws PtelabInputError if it is none.
 */
export function parseMapsLine(
  text: string,
  source: string,
  line: number,
  pageShift: number,
): MapsLine {
  const [, from, to, perms, offset, device, inode, path] = LINE.exec(text) ?? [];
  if (from === undefined || to === undefined || perms === undefined || offset === undefined) {
    return refuseLine(source, line, 'START-END PERMS OFFSET DEVICE INODE PATH', text);
  }
  const pages = (digits: string): number => {
    const bytes = BigInt(`0x${digits}`);
    const page = bytes >> BigInt(pageShift);
    if (page << BigInt(pageShift) === bytes) return Number(page);
    return refuseLine(source, line, `addresses of whole pages of ${2 ** pageShift} bytes`, text);
  };
  const start = pages(from);
  const end = pages(to);
  if (start >= end) return refuseLine(source, line, 'a range that ends after its start', text);
  return {
    start,
    end,
    perms,
    offset: pages(offset),
    device: device ?? '',
    inode: Number(inode),
    path: path ?? '',
  };
}
