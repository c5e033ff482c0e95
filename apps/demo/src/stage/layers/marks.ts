import type { DrawingContext } from '../drawing-context.ts';
import { folioLetter } from '@ptelab/report';
import { ENTRY_FLAG } from '../../model/entry-flags.ts';
import { ENTRY_KIND } from '../../model/entry-kind.ts';
import { NO_FOLIO } from '../../model/table-frame.ts';
import {
  columnX,
  LEAST_FOLIO_LETTER_SCALE,
  LEAST_LETTER_SCALE,
  LEAST_MARK_SCALE,
  rowY,
  type StageScene,
  type StageView,
} from '../scene.ts';

/** PageAnonExclusive among the bits of `ENTRY_FLAG`. */
const EXCLUSIVE = 1 << 16;

/** In the order of their places in a cell, three in a row; the letters are those of scenario files. */
const MARKS: readonly (readonly [string, number])[] = [
  ['W', ENTRY_FLAG.write],
  ['D', ENTRY_FLAG.dirty],
  ['Y', ENTRY_FLAG.young],
  ['S', ENTRY_FLAG.softDirty],
  ['U', ENTRY_FLAG.uffdWp],
  ['E', EXCLUSIVE],
];

const WORDS: Readonly<Record<number, string>> = {
  [ENTRY_KIND.swap]: 'swap',
  [ENTRY_KIND.migration]: 'mig',
  [ENTRY_KIND.device]: 'dev',
  [ENTRY_KIND.hwpoison]: 'hwp',
  [ENTRY_KIND.marker]: 'mark',
};

const FONT = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace';

function marksOf({ frame, flags }: StageScene, i: number): number {
  const exclusive = frame.exclusive[i] === 1 ? EXCLUSIVE : 0;
  return flags.read(frame.bits[i] ?? 0) | exclusive;
}

/** Draws PROT_NONE as strokes: such an entry is there, and nobody may use it. */
function drawNone(context: DrawingContext, x: number, y: number, view: StageView): void {
  const { scale, cellHeight } = view;
  context.moveTo(x + 2, y + cellHeight - 2);
  context.lineTo(x + scale - 2, y + 2);
}

/** Writes the letter of each folio of more than one page into its first cell: colours come again. */
function drawFolioLetters(
  context: DrawingContext,
  { layout, frame, palette }: StageScene,
  view: StageView,
): void {
  const { visible, scale, cellHeight } = view;
  context.font = `700 ${Math.min(scale * 0.34, 17).toFixed(1)}px system-ui, sans-serif`;
  context.fillStyle = palette.text;
  for (let row = visible.firstRow; row < visible.endRow; row++) {
    for (let column = visible.firstColumn; column < visible.endColumn; column++) {
      const i = row * layout.columns + column;
      const folio = frame.folio[i] ?? NO_FOLIO;
      const isFirst = column === visible.firstColumn || frame.folio[i - 1] !== folio;
      const isMapped = frame.kind[i] === ENTRY_KIND.page || frame.kind[i] === ENTRY_KIND.huge;
      if (i >= layout.pages || !isFirst || !isMapped || (frame.order[i] ?? 0) === 0) continue;
      // Below the marks of most entries.
      const x = columnX(view, column) + scale * 0.17;
      context.fillText(folioLetter(folio), x, rowY(view, row) + cellHeight * 0.68, scale * 0.3);
    }
  }
}

/** Draws what the bits of each entry say: as letters, or as squares at the letters' places. */
export function drawMarks(context: DrawingContext, scene: StageScene, view: StageView): void {
  const { scale, cellHeight, visible } = view;
  if (scale < LEAST_MARK_SCALE) return;
  const { layout, frame, palette } = scene;
  const letters = scale >= LEAST_LETTER_SCALE;
  const beside = scale >= LEAST_FOLIO_LETTER_SCALE;
  const across = beside ? scale / 5.2 : scale / 3.6;
  const middle = beside ? scale * 0.66 : scale / 2;
  const down = cellHeight / 2.5;
  const dot = Math.max(2, scale / 10);
  context.fillStyle = palette.text;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const size = Math.min(across * 1.5, down * 1.05, 15);
  context.font = `600 ${size.toFixed(1)}px ${FONT}`;
  context.strokeStyle = palette.text;
  context.lineWidth = 1;
  context.beginPath();
  for (let row = visible.firstRow; row < visible.endRow; row++) {
    for (let column = visible.firstColumn; column < visible.endColumn; column++) {
      const i = row * layout.columns + column;
      if (i >= layout.pages) break;
      const kind = frame.kind[i] ?? 0;
      const x = columnX(view, column);
      const y = rowY(view, row);
      const word = WORDS[kind];
      if (word !== undefined && letters) {
        context.fillText(word, x + scale / 2, y + cellHeight / 2, scale - 4);
      }
      if (kind !== ENTRY_KIND.page && kind !== ENTRY_KIND.huge) continue;
      const set = marksOf(scene, i);
      if ((set & ENTRY_FLAG.protNone) !== 0) drawNone(context, x, y, view);
      for (const [place, [letter, flag]] of MARKS.entries()) {
        if ((set & flag) === 0) continue;
        const cx = x + middle + ((place % 3) - 1) * across;
        const cy = y + cellHeight / 2 + (place < 3 ? -0.5 : 0.5) * down;
        if (letters) context.fillText(letter, cx, cy);
        else context.fillRect(cx - dot / 2, cy - dot / 2, dot, dot);
      }
    }
  }
  context.stroke();
  if (scale >= LEAST_FOLIO_LETTER_SCALE) drawFolioLetters(context, scene, view);
}
