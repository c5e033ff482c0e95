import type { PlotPoint } from './plot.ts';
import { textWidth } from './text-size.ts';

/** Where the name of a line across the plot stands: at which end, and on which side of the line. */
export interface LabelPlace {
  readonly end: 'left' | 'right';
  readonly side: 'above' | 'below';
}

/** The places, the best first. */
export const LABEL_PLACES: readonly [LabelPlace, ...LabelPlace[]] = [
  { end: 'left', side: 'above' },
  { end: 'right', side: 'above' },
  { end: 'left', side: 'below' },
  { end: 'right', side: 'below' },
];

/** From the line to the near and the far side of a name. */
const NEAR = 2;
const FAR = 20;
/** Looks at this many places of each stretch of a line. */
const STEPS = 32;

/** Points of a line so near to each other that none of it is missed. */
function dense(path: readonly PlotPoint[]): PlotPoint[] {
  return path.flatMap(([x, y], i): PlotPoint[] => {
    const next = path[i + 1];
    if (next === undefined) return [[x, y]];
    const [toX, toY] = next;
    return Array.from({ length: STEPS }, (_, n): PlotPoint => {
      const part = n / STEPS;
      return [x + part * (toX - x), y + part * (toY - y)];
    });
  });
}

/**
 * Finds a place for the name of a line across the plot that the fewest data run through.
 *
 * @param y - of the line; all in pixels.
 */
export function freePlace(
  label: string,
  y: number,
  area: { readonly left: number; readonly right: number },
  paths: readonly (readonly PlotPoint[])[],
): LabelPlace {
  const points = paths.flatMap(dense);
  const width = textWidth(label) + 12;
  const hits = ({ end, side }: LabelPlace): number => {
    const left = end === 'left' ? area.left : area.right - width;
    const away = side === 'above' ? -1 : 1;
    return points.filter(([px, py]) => {
      const distance = away * (py - y);
      return px >= left && px <= left + width && distance >= NEAR && distance <= FAR;
    }).length;
  };
  return LABEL_PLACES.reduce((best, place) => (hits(place) < hits(best) ? place : best));
}
