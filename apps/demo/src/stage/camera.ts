import type { Camera } from '../model/look.ts';
import type { GridLayout } from './grid-layout.ts';

/** Size of a canvas in CSS pixels. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Room for row numbers and the flush bar at the left, and around. */
export const MARGIN = { left: 58, top: 10, right: 10, bottom: 10 } as const;

/** Largest cell, in CSS pixels. */
const MOST_SCALE = 96;

/** A cell of a small map is not drawn larger than this to fill the canvas. */
const MOST_FIT_SCALE = 64;

/** The camera that shows everything. */
export function fitCamera({ columns, rows }: GridLayout, { width, height }: ViewSize): Camera {
  const across = Math.max(width - MARGIN.left - MARGIN.right, 1) / columns;
  const down = Math.max(height - MARGIN.top - MARGIN.bottom, 1) / rows;
  const scale = Math.min(across, down, MOST_FIT_SCALE);
  return { x: -MARGIN.left / scale, y: -MARGIN.top / scale, scale };
}

/** Keeps the grid in sight and the scale in bounds. */
export function boundCamera(camera: Camera, layout: GridLayout, view: ViewSize): Camera {
  const least = fitCamera(layout, view).scale;
  const scale = Math.min(Math.max(camera.scale, Math.min(least, MOST_SCALE)), MOST_SCALE);
  const bound = (
    at: number,
    cells: number,
    pixels: number,
    before: number,
    after: number,
  ): number => {
    const low = -before / scale;
    const high = Math.max(low, cells - (pixels - after) / scale);
    return Math.min(Math.max(at, low), high);
  };
  return {
    scale,
    x: bound(camera.x, layout.columns, view.width, MARGIN.left, MARGIN.right),
    y: bound(camera.y, layout.rows, view.height, MARGIN.top, MARGIN.bottom),
  };
}

/** Zooms by `factor`, so that what is at (px, py) of the canvas stays there. */
export function zoomCamera(camera: Camera, factor: number, px: number, py: number): Camera {
  const scale = Math.min(camera.scale * factor, MOST_SCALE);
  return {
    scale,
    x: camera.x + px / camera.scale - px / scale,
    y: camera.y + py / camera.scale - py / scale,
  };
}

/** Moves by CSS pixels. */
export function panCamera(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x + dx / camera.scale, y: camera.y + dy / camera.scale };
}

/** Moves just as far as it takes to see a page. */
export function revealPage(
  camera: Camera,
  layout: GridLayout,
  view: ViewSize,
  page: number,
): Camera {
  const index = page - layout.at;
  const column = index % layout.columns;
  const row = Math.floor(index / layout.columns);
  const reveal = (at: number, cell: number, before: number, room: number): number =>
    Math.max(Math.min(at, cell - before / camera.scale), cell + 1 - room / camera.scale);
  return {
    scale: camera.scale,
    x: reveal(camera.x, column, MARGIN.left, view.width - MARGIN.right),
    y: reveal(camera.y, row, MARGIN.top, view.height - MARGIN.bottom),
  };
}

/** Rows and columns that are in sight, ends exclusive. */
export interface VisibleCells {
  readonly firstColumn: number;
  readonly endColumn: number;
  readonly firstRow: number;
  readonly endRow: number;
}

/** What the camera sees of the grid. */
export function visibleCells(camera: Camera, layout: GridLayout, view: ViewSize): VisibleCells {
  const end = (at: number, pixels: number, cells: number): number =>
    Math.min(cells, Math.ceil(at + pixels / camera.scale));
  return {
    firstColumn: Math.max(0, Math.floor(camera.x)),
    endColumn: end(camera.x, view.width, layout.columns),
    firstRow: Math.max(0, Math.floor(camera.y)),
    endRow: end(camera.y, view.height, layout.rows),
  };
}
