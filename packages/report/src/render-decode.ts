import type { DecodedField } from '@ptelab/pte';
import { Page } from './text/page.ts';
import { settings, type RenderOptions } from './text/style.ts';

/** A raw entry with its explanation. */
export interface DecodedEntry {
  /** The raw entry, 0x and 16 digits. */
  readonly raw: string;
  /** The machine whose layout it is, e.g. `arm64 7.3`. */
  readonly machine: string;
  /** Empty for an empty entry. */
  readonly fields: readonly DecodedField[];
}

function bits({ msb, lsb }: DecodedField): string {
  return msb === lsb ? String(msb) : `${msb}:${lsb}`;
}

function valueText({ msb, lsb, value }: DecodedField): string {
  return msb - lsb < 4 ? value.toString() : `0x${value.toString(16)}`;
}

/** Writes a raw entry field by field, from the highest bit down. */
export function renderDecode(entry: DecodedEntry, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  page.heading(`${entry.raw} on ${entry.machine}`, 2);
  if (entry.fields.length === 0) page.lines(['empty: maps nothing']);
  page.table({
    columns: [
      { title: 'bits', align: 'right' },
      { title: 'field' },
      { title: 'value', align: 'right' },
      { title: 'meaning' },
    ],
    rows: entry.fields.map((field) => {
      const quiet = field.value === 0n ? { tone: 'quiet' as const } : {};
      return [
        { text: bits(field), ...quiet },
        { text: field.name, ...quiet },
        { text: valueText(field), ...quiet },
        { text: field.note, ...quiet },
      ];
    }),
  });
  return page.toString();
}
