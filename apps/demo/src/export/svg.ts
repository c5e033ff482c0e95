import type { Plate } from './plate.ts';
import { SvgContext } from './svg-context.ts';

/** Draws a plate as SVG, with the very calls that draw the page. */
export function plateSvg({ size, draw }: Plate): Blob {
  const context = new SvgContext(size);
  draw(context);
  return new Blob([context.toString()], { type: 'image/svg+xml' });
}
