import type { DrawingContext } from '../drawing-context.ts';
import { PAINT_ABSENT, PAINT_EMPTY, PAINT_VOID } from '../cell-paint.ts';
import type { PixelMap } from '../pixel-map.ts';
import { columnX, LEAST_RECT_SCALE, rowY, type StageScene, type StageView } from '../scene.ts';

function drawPixels(context: DrawingContext, pixels: PixelMap, view: StageView): void {
  const { firstColumn, endColumn, firstRow, endRow } = view.visible;
  const columns = endColumn - firstColumn;
  const rows = endRow - firstRow;
  if (columns <= 0 || rows <= 0) return;
  const { scale } = view;
  pixels.draw(
    context,
    [firstColumn, firstRow, columns, rows],
    [columnX(view, firstColumn), rowY(view, firstRow), columns * scale, rows * scale],
  );
}

/** Draws cells as rectangles, one paint after the other: changing the colour costs most. */
function drawRectangles(context: DrawingContext, scene: StageScene, view: StageView): void {
  const { layout, paint, paints, palette } = scene;
  const { firstColumn, endColumn, firstRow, endRow } = view.visible;
  const byPaint: number[][] = paints.colours.map(() => []);
  for (let row = firstRow; row < endRow; row++) {
    const start = row * layout.columns;
    const end = Math.min(start + endColumn, layout.pages);
    for (let i = start + firstColumn; i < end; i++) byPaint[paint[i] ?? 0]?.push(i);
  }
  const side = view.scale - (view.scale < 14 ? 1 : 2);
  const height = view.cellHeight - (view.scale < 14 ? 1 : 2);
  for (const [which, cells] of byPaint.entries()) {
    if (which === PAINT_VOID || cells.length === 0) continue;
    context.fillStyle = paints.colours[which] ?? palette.panel;
    context.beginPath();
    for (const i of cells) {
      const row = Math.floor(i / layout.columns);
      const x = columnX(view, i - row * layout.columns) + 1;
      context.rect(x, rowY(view, row) + 1, side, height);
    }
    context.fill();
    if (which !== PAINT_EMPTY && which !== PAINT_ABSENT) continue;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.stroke();
  }
}

/** Draws the entries in the colours of their folios. */
export function drawCells(
  context: DrawingContext,
  scene: StageScene,
  view: StageView,
  pixels: PixelMap,
): void {
  if (view.scale < LEAST_RECT_SCALE) drawPixels(context, pixels, view);
  else drawRectangles(context, scene, view);
}
