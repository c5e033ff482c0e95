import type { DrawingContext } from '../drawing-context.ts';
import { ENTRY_FLAG } from '../../model/entry-flags.ts';
import { ENTRY_KIND } from '../../model/entry-kind.ts';
import { columnX, LEAST_MARK_SCALE, rowY, type StageScene, type StageView } from '../scene.ts';

/** Blocks narrower than this, in CSS pixels, are left out. */
const LEAST_BLOCK_WIDTH = 40;

/** Outlines contiguous blocks; dashed where the bit is set on entries that are not valid. */
export function drawBlocks(context: DrawingContext, scene: StageScene, view: StageView): void {
  const { contPtes, layout, frame, flags, palette } = scene;
  if (contPtes === 1 || contPtes * view.scale < LEAST_BLOCK_WIDTH) return;
  const { visible, scale, cellHeight } = view;
  const dashed: [number, number][] = [];
  context.strokeStyle = palette.text;
  context.lineWidth = scale < LEAST_MARK_SCALE ? 1 : 2;
  context.beginPath();
  const width = contPtes * scale - 1;
  const height = cellHeight;
  const from = visible.firstColumn - (visible.firstColumn % contPtes);
  for (let row = visible.firstRow; row < visible.endRow; row++) {
    for (let column = from; column < visible.endColumn; column += contPtes) {
      const i = row * layout.columns + column;
      if (i >= layout.pages || frame.kind[i] !== ENTRY_KIND.page) continue;
      const read = flags.read(frame.bits[i] ?? 0);
      const x = columnX(view, column) + 0.5;
      const y = rowY(view, row) + 0.5;
      if ((read & ENTRY_FLAG.cont) !== 0) context.rect(x, y, width, height - 1);
      else if ((read & ENTRY_FLAG.contInvalid) !== 0) dashed.push([x, y]);
    }
  }
  context.stroke();
  if (dashed.length === 0) return;
  context.setLineDash([4, 3]);
  context.beginPath();
  for (const [x, y] of dashed) context.rect(x, y, width, height - 1);
  context.stroke();
  context.setLineDash([]);
}
