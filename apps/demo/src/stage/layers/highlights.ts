import type { DrawingContext } from '../drawing-context.ts';
import {
  columnX,
  eachRowPart,
  LEAST_RECT_SCALE,
  rowY,
  type StageScene,
  type StageView,
} from '../scene.ts';

/** Lights up entries that are not those of the machine that this one is compared with. */
export function drawDifferences(context: DrawingContext, scene: StageScene, view: StageView): void {
  const { differs, layout, palette } = scene;
  if (differs === null) return;
  const { visible, scale, cellHeight } = view;
  const small = scale < LEAST_RECT_SCALE;
  context.beginPath();
  for (let row = visible.firstRow; row < visible.endRow; row++) {
    const start = row * layout.columns;
    const end = Math.min(start + visible.endColumn, layout.pages);
    for (let i = start + visible.firstColumn; i < end; i++) {
      if (differs[i] !== 1) continue;
      const x = columnX(view, i - start);
      const y = rowY(view, row);
      if (small) context.rect(x, y, Math.max(scale * 0.7, 1), Math.max(scale * 0.7, 1));
      else context.rect(x + 2.5, y + 2.5, scale - 5, cellHeight - 5);
    }
  }
  if (small) {
    context.fillStyle = palette.bad;
    context.fill();
    return;
  }
  context.strokeStyle = palette.bad;
  context.lineWidth = scale < 20 ? 1.5 : 2;
  context.stroke();
}

/** Frames a stretch of pages, row by row. */
function frameStretch(
  context: DrawingContext,
  scene: StageScene,
  view: StageView,
  at: number,
  pages: number,
): void {
  const { scale, cellHeight } = view;
  const height = Math.max(cellHeight, 3);
  eachRowPart(scene.layout, view.visible, at, pages, ({ row, first, end }) => {
    const x = columnX(view, first);
    context.rect(x, rowY(view, row), Math.max((end - first) * scale, 3), height);
  });
}

/** Frames what the last call was about. */
export function drawCall(context: DrawingContext, scene: StageScene, view: StageView): void {
  if (scene.call === null) return;
  context.beginPath();
  frameStretch(context, scene, view, scene.call.at, scene.call.pages);
  context.strokeStyle = scene.palette.accent;
  context.lineWidth = 3;
  context.stroke();
}

/** Frames what is being painted. */
export function drawStroke(context: DrawingContext, scene: StageScene, view: StageView): void {
  if (scene.stroke === null) return;
  context.beginPath();
  frameStretch(context, scene, view, scene.stroke.at, scene.stroke.pages);
  context.setLineDash([5, 3]);
  context.strokeStyle = scene.palette.accent;
  context.lineWidth = 3;
  context.stroke();
  context.setLineDash([]);
}

/** Frames the page that is explained, in two colours so that it shows on any ground. */
export function drawFocus(context: DrawingContext, scene: StageScene, view: StageView): void {
  context.beginPath();
  frameStretch(context, scene, view, scene.focus, 1);
  context.strokeStyle = scene.palette.back;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = scene.palette.text;
  context.lineWidth = 2.5;
  context.stroke();
}
