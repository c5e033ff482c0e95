import { ENTRY_FLAG, type FlagReader } from '../model/entry-flags.ts';
import { ENTRY_KIND } from '../model/entry-kind.ts';
import type { TableFrame } from '../model/table-frame.ts';
import { mix, pixel, type Palette } from './palette.ts';

/*
 * Every cell has one of a few paints: a number per page, made once for each state of the table, from which
 * rectangles and pixels are drawn alike.
 */

/** No page table. */
export const PAINT_VOID = 0;
/** An entry that is empty. */
export const PAINT_EMPTY = 1;
/** An entry that is neither empty nor present. */
export const PAINT_ABSENT = 2;

const FIRST_FOLIO_PAINT = 3;
const ACCESSES = 3;

/** Rectangles and pixels of the paints. */
export interface Paints {
  readonly colours: readonly string[];
  readonly pixels: Uint32Array;
}

/** The paints of a palette. */
export function makePaints(palette: Palette): Paints {
  const { folios, single, panel, back, text, shares } = palette;
  const colours = [
    back,
    mix(text, panel, 0.04),
    mix(text, panel, 0.28),
    ...[single, ...folios].flatMap((hue) => shares.map((share) => mix(hue, panel, share))),
  ];
  return { colours, pixels: Uint32Array.from(colours, pixel) };
}

function paintOf(frame: TableFrame, flags: FlagReader, hues: number, i: number): number {
  const kind = frame.kind[i] ?? 0;
  if (kind === ENTRY_KIND.noTable) return PAINT_VOID;
  if (kind === ENTRY_KIND.empty) return PAINT_EMPTY;
  const isMapped = kind === ENTRY_KIND.page || kind === ENTRY_KIND.huge;
  if (!isMapped) return PAINT_ABSENT;
  const read = flags.read(frame.bits[i] ?? 0);
  const access = (read & ENTRY_FLAG.protNone) !== 0 ? 2 : (read & ENTRY_FLAG.write) !== 0 ? 0 : 1;
  const folio = frame.folio[i] ?? -1;
  const isSingle = folio < 0 || (frame.order[i] ?? 0) === 0;
  const hue = isSingle ? 0 : 1 + (folio % hues);
  return FIRST_FOLIO_PAINT + hue * ACCESSES + access;
}

/** Paints the elements [from, to) of a frame into `paint`. */
export function paintCells(
  frame: TableFrame,
  flags: FlagReader,
  palette: Palette,
  paint: Uint8Array,
  from = 0,
  to: number = frame.pages,
): void {
  const hues = palette.folios.length;
  for (let i = from; i < to; i++) paint[i] = paintOf(frame, flags, hues, i);
}
