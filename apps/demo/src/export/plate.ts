import type { DrawingContext } from '../stage/drawing-context.ts';
import { headlineWords } from '../compare/headline-words.ts';
import { machineNames } from '../compare/machine-names.ts';
import type { Prices } from '../model/look.ts';
import type { Show } from '../page/session.ts';
import type { ViewSize } from '../stage/camera.ts';
import type { Palette } from '../stage/palette.ts';
import type { Picture } from './picture.ts';

/** Height of the words above each page table, and room around them, in CSS pixels. */
const HEAD = 46;
const EDGE = 14;

const TITLE_FONT = '600 15px system-ui, sans-serif';
const FONT = '12px system-ui, sans-serif';

/** All page tables of a show above each other, with what they are. */
export interface Plate {
  readonly size: ViewSize;
  readonly draw: (context: DrawingContext) => void;
}

function captionOf(show: Show, index: number, prices: Prices): string {
  const words = headlineWords(show, index, prices);
  if (words === null) return '';
  return [words.strategy, ...words.counts, words.time].filter((word) => word !== '').join('   ');
}

/** Puts pictures onto one plate. */
export function makePlate(
  show: Show,
  pictures: readonly Picture[],
  palette: Palette,
  prices: Prices,
): Plate {
  const names = machineNames(show.machines);
  const step = show.outline.steps[show.step];
  const title = `${show.outline.title}   step ${show.step + 1}: ${step?.text ?? ''}`;
  const width = Math.max(...pictures.map(({ size }) => size.width), 1) + 2 * EDGE;
  const heights = pictures.map(({ size }) => size.height + HEAD);
  const size = { width, height: heights.reduce((sum, height) => sum + height, HEAD + EDGE) };
  const draw = (context: DrawingContext): void => {
    context.fillStyle = palette.back;
    context.fillRect(0, 0, size.width, size.height);
    const write = (text: string, bottom: number, font: string, colour: string): void => {
      context.textAlign = 'left';
      context.textBaseline = 'alphabetic';
      context.fillStyle = colour;
      context.font = font;
      context.fillText(text, EDGE, bottom);
    };
    write(title, HEAD - EDGE, TITLE_FONT, palette.text);
    let top = HEAD;
    for (const [i, picture] of pictures.entries()) {
      write(names[picture.index] ?? '', top + 18, TITLE_FONT, palette.text);
      write(captionOf(show, picture.index, prices), top + 36, FONT, palette.quiet);
      context.save();
      context.translate(EDGE, top + HEAD);
      context.beginPath();
      context.rect(0, 0, picture.size.width, picture.size.height);
      context.clip();
      picture.draw(context);
      context.restore();
      top += heights[i] ?? 0;
    }
  };
  return { size, draw };
}
