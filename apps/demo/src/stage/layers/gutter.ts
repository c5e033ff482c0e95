import type { DrawingContext } from '../drawing-context.ts';
import { begunAt, type Stretches } from '../../model/film-batches.ts';
import { MARGIN } from '../camera.ts';
import { rowY, type StageScene, type StageView } from '../scene.ts';

/** Least distance of two row numbers, in CSS pixels. */
const LABEL_HEIGHT = 15;

const FONT = '11px system-ui, sans-serif';

/** Draws which rows the flushes of the gather cover: the hull that the TLB loses. */
function drawHull(
  context: DrawingContext,
  scene: StageScene,
  view: StageView,
  flushes: Stretches,
): void {
  const { layout } = scene;
  context.fillStyle = scene.palette.flush;
  context.beginPath();
  const begun = begunAt(flushes, scene.position);
  for (let i = 0; i < begun; i++) {
    const from = Math.max((flushes.at[i] ?? 0) - layout.at, 0);
    const to = Math.min(from + (flushes.nr[i] ?? 0), layout.pages);
    const top = rowY(view, Math.floor(from / layout.columns));
    const end = rowY(view, Math.ceil(to / layout.columns));
    context.rect(MARGIN.left - 9, top + 1, 4, Math.max(end - top - 2, 2));
  }
  context.fill();
}

/** Draws the page number of each row, and the flush hull beside it, over what was panned below. */
export function drawGutter(context: DrawingContext, scene: StageScene, view: StageView): void {
  const { layout, palette, batches } = scene;
  const { visible, scale, cellHeight } = view;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, MARGIN.left - 3, view.size.height);
  drawHull(context, scene, view, batches.flushes);
  context.fillStyle = palette.quiet;
  context.font = FONT;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  let every = 1;
  while (every * scale < LABEL_HEIGHT) every *= 2;
  for (let row = visible.firstRow; row < visible.endRow; row++) {
    if (row % every !== 0) continue;
    const y = rowY(view, row) + (every === 1 ? cellHeight / 2 : scale / 2);
    context.fillText(String(layout.at + row * layout.columns), MARGIN.left - 14, y);
  }
}
