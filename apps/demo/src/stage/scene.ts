import type { FlagReader } from '../model/entry-flags.ts';
import type { FilmBatches } from '../model/film-batches.ts';
import type { FilmTlbEntry } from '../model/film.ts';
import type { Camera } from '../model/look.ts';
import type { PageWindow } from '../model/story-window.ts';
import type { TableFrame } from '../model/table-frame.ts';
import { visibleCells, type ViewSize, type VisibleCells } from './camera.ts';
import type { Paints } from './cell-paint.ts';
import type { GridLayout } from './grid-layout.ts';
import type { Palette } from './palette.ts';

/** What a stage draws. */
export interface StageScene {
  readonly layout: GridLayout;
  readonly frame: TableFrame;
  readonly flags: FlagReader;
  /** The paint of each page; see `cell-paint.ts`. */
  readonly paint: Uint8Array;
  readonly palette: Palette;
  readonly paints: Paints;
  /** Entries of a contiguous block; 1 where there are none. */
  readonly contPtes: number;
  readonly batches: FilmBatches;
  /** Calls that are done. */
  readonly position: number;
  /** What the last call that is done was about. */
  readonly call: PageWindow | null;
  /** Pages that are being painted. */
  readonly stroke: PageWindow | null;
  readonly focus: number;
  /** 1 for each page whose entry is not that of the machine that this one is compared with; null for none. */
  readonly differs: Uint8Array | null;
  readonly tlb: readonly FilmTlbEntry[] | null;
}

/** From where it is drawn, and what follows from that. */
export interface StageView {
  readonly camera: Camera;
  readonly size: ViewSize;
  readonly visible: VisibleCells;
  /** CSS pixels from one cell to the next. */
  readonly scale: number;
  /** Height of the coloured part of a cell; below it are brackets and bars. */
  readonly cellHeight: number;
}

/** Cells smaller than this are drawn as pixels. */
export const LEAST_RECT_SCALE = 9;
/** Cells smaller than this have no room for marks, brackets and bars. */
export const LEAST_MARK_SCALE = 15;
/** Cells smaller than this have marks without letters. */
export const LEAST_LETTER_SCALE = 27;
/** Cells smaller than this have no room for the letter of their folio beside the marks. */
export const LEAST_FOLIO_LETTER_SCALE = 38;

/** Share of a cell's height that brackets and bars take. */
const LANES = 0.3;

/** Makes the view of a camera. */
export function stageView(camera: Camera, layout: GridLayout, size: ViewSize): StageView {
  const { scale } = camera;
  return {
    camera,
    size,
    visible: visibleCells(camera, layout, size),
    scale,
    cellHeight: scale < LEAST_MARK_SCALE ? scale : scale * (1 - LANES),
  };
}

/** Left edge of a column in CSS pixels. */
export function columnX({ camera }: StageView, column: number): number {
  return (column - camera.x) * camera.scale;
}

/** Upper edge of a row in CSS pixels. */
export function rowY({ camera }: StageView, row: number): number {
  return (row - camera.y) * camera.scale;
}

/** A part of a stretch of pages that lies in one row. */
export interface RowPart {
  readonly row: number;
  readonly first: number;
  /** Column after the last. */
  readonly end: number;
  /** The stretch begins, or ends, here rather than in another row. */
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Calls `each` for the parts of a stretch of pages that are in rows in sight. */
export function eachRowPart(
  layout: GridLayout,
  visible: VisibleCells,
  at: number,
  pages: number,
  each: (part: RowPart) => void,
): void {
  const { columns } = layout;
  const from = Math.max(at - layout.at, 0);
  const to = Math.min(at + pages - layout.at, layout.pages);
  if (from >= to) return;
  const firstRow = Math.max(Math.floor(from / columns), visible.firstRow);
  const endRow = Math.min(Math.ceil(to / columns), visible.endRow);
  for (let row = firstRow; row < endRow; row++) {
    const first = Math.max(from - row * columns, 0);
    const end = Math.min(to - row * columns, columns);
    if (end <= visible.firstColumn || first >= visible.endColumn) continue;
    each({
      row,
      first,
      end,
      begins: first + row * columns === at - layout.at,
      ends: end + row * columns === at + pages - layout.at,
    });
  }
}
