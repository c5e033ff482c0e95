import { readLines } from './lines.ts';
import { parseMapsLine, refuseLine, startsVma, type MapsLine } from './vma-line.ts';

/** Sums of a VMA in smaps, in kB. */
export interface SmapsSums {
  /** `Rss` */
  rssKb: number;
  /** `Anonymous` */
  anonymousKb: number;
  /** `AnonHugePages`: mapped by PMDs. */
  anonHugeKb: number;
  /** `ShmemPmdMapped` */
  shmemPmdKb: number;
  /** `FilePmdMapped` */
  filePmdKb: number;
  /** `Swap` */
  swapKb: number;
}

/** A VMA as smaps or maps shows it; maps has no sums. */
export interface SmapsVma {
  readonly maps: MapsLine;
  readonly sums: SmapsSums | null;
}

const FIELDS: ReadonlyMap<string, keyof SmapsSums> = new Map([
  ['Rss', 'rssKb'],
  ['Anonymous', 'anonymousKb'],
  ['AnonHugePages', 'anonHugeKb'],
  ['ShmemPmdMapped', 'shmemPmdKb'],
  ['FilePmdMapped', 'filePmdKb'],
  ['Swap', 'swapKb'],
]);

const NAMED = /^([A-Z]\w*): *(.*)$/s;
const KB = /^(\d{1,15}) kB$/;

function noSums(): SmapsSums {
  return { rssKb: 0, anonymousKb: 0, anonHugeKb: 0, shmemPmdKb: 0, filePmdKb: 0, swapKb: 0 };
}

/** Reads one `Name: value` line into the sums. */
function readField(sums: SmapsSums, text: string, source: string, line: number): void {
  const [, name, value] = NAMED.exec(text) ?? [];
  if (name === undefined) refuseLine(source, line, 'START-END PERMS ... or NAME: VALUE', text);
  const field = FIELDS.get(name);
  if (field === undefined) return;
  const [, kb] = KB.exec(value ?? '') ?? [];
  if (kb === undefined) refuseLine(source, line, `${name}: a number and kB`, text);
  sums[field] = Number(kb);
}

/**
 * Reads /proc/PID/smaps, or maps, VMA by VMA.
 *
 * @throws PtelabInputError for what is no such file, and for VMAs that overlap or go backwards: the
 * kernel promises that they don't, even while they change.
 */
export function* readSmaps(path: string, pageShift: number): Generator<SmapsVma> {
  let maps: MapsLine | undefined;
  let sums: SmapsSums | null = null;
  for (const { text, number } of readLines(path)) {
    if (startsVma(text)) {
      const next = parseMapsLine(text, path, number, pageShift);
      if (maps !== undefined) {
        if (next.start < maps.end) {
          refuseLine(path, number, 'VMAs in order that do not overlap', text);
        }
        yield { maps, sums };
      }
      maps = next;
      sums = null;
    } else {
      if (maps === undefined) return refuseLine(path, number, 'START-END PERMS ...', text);
      sums ??= noSums();
      readField(sums, text, path, number);
    }
  }
  if (maps !== undefined) yield { maps, sums };
}
