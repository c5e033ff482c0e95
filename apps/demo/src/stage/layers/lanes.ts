import type { DrawingContext } from '../drawing-context.ts';
import { begunAt, eachAround, type Stretches } from '../../model/film-batches.ts';
import {
  columnX,
  eachRowPart,
  LEAST_MARK_SCALE,
  rowY,
  type RowPart,
  type StageScene,
  type StageView,
} from '../scene.ts';

/** Calls `each` for the parts in sight of the stretches that have begun. */
function eachPart(
  scene: StageScene,
  view: StageView,
  stretches: Stretches,
  each: (part: RowPart) => void,
): void {
  const { layout } = scene;
  const first = layout.at + view.visible.firstRow * layout.columns;
  const end = layout.at + view.visible.endRow * layout.columns;
  eachAround(stretches, begunAt(stretches, scene.position), first, end, (at, pages) => {
    eachRowPart(layout, view.visible, at, pages, each);
  });
}

/** Draws batches as brackets under their cells, with their sub-batches inside. */
export function drawBrackets(context: DrawingContext, scene: StageScene, view: StageView): void {
  if (view.scale < LEAST_MARK_SCALE) return;
  const { palette, batches } = scene;
  const { scale, cellHeight } = view;
  const inset = Math.max(1.5, scale * 0.06);
  const draw = (stretches: Stretches, colour: string, width: number, rise: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    eachPart(scene, view, stretches, ({ row, first, end, begins, ends }) => {
      const y = rowY(view, row) + cellHeight + rise;
      const tick = y - Math.max(2, scale * 0.09);
      const left = columnX(view, first) + (begins ? inset : 0);
      const right = columnX(view, end) - (ends ? inset : 0);
      if (begins) context.moveTo(left, tick);
      if (begins) context.lineTo(left, y);
      else context.moveTo(left, y);
      context.lineTo(right, y);
      if (ends) context.lineTo(right, tick);
    });
    context.stroke();
  };
  draw(batches.commits, palette.text, 1, scale * 0.1);
  draw(batches.batches, palette.accent, Math.max(1.5, scale / 22), scale * 0.16);
}

/** Draws flushes as bars under the brackets: those of the gather broad, those of block changes thin. */
export function drawFlushes(context: DrawingContext, scene: StageScene, view: StageView): void {
  if (view.scale < LEAST_MARK_SCALE) return;
  const { palette, batches } = scene;
  const { scale, cellHeight } = view;
  context.fillStyle = palette.flush;
  const draw = (stretches: Stretches, rise: number, height: number): void => {
    context.beginPath();
    eachPart(scene, view, stretches, ({ row, first, end, begins, ends }) => {
      const left = columnX(view, first) + (begins ? 2 : 0);
      const right = columnX(view, end) - (ends ? 2 : 0);
      context.rect(left, rowY(view, row) + cellHeight + rise, right - left, height);
    });
    context.fill();
  };
  draw(batches.blockFlushes, scale * 0.19, Math.max(1, scale * 0.025));
  draw(batches.flushes, scale * 0.225, Math.max(2, scale * 0.05));
}

/** Draws what the TLB holds as a dotted line in the upper part of the cells. */
export function drawTlb(context: DrawingContext, scene: StageScene, view: StageView): void {
  if (scene.tlb === null || view.scale < LEAST_MARK_SCALE) return;
  const { layout, palette } = scene;
  context.strokeStyle = palette.bad;
  context.lineWidth = 2;
  context.setLineDash([2, 2]);
  context.beginPath();
  for (const { at, pages } of scene.tlb) {
    eachRowPart(layout, view.visible, at, pages, ({ row, first, end }) => {
      const y = rowY(view, row) + 1.5;
      context.moveTo(columnX(view, first) + 4, y);
      context.lineTo(columnX(view, end) - 4, y);
    });
  }
  context.stroke();
  context.setLineDash([]);
}
