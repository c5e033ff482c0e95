import { format } from 'd3-format';
import { scaleLinear, scaleLog } from 'd3-scale';
import type { PlotAxis, PlotTick } from './plot.ts';

/** An axis with a place for every value. */
export interface Scale {
  /** Pixels of a value, rounded so that equal plots are equal texts. */
  readonly at: (value: number) => number;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly PlotTick[];
}

/** Pixels without a tail of digits. */
export function px(value: number): number {
  return Math.round(value * 100) / 100;
}

const grouped = format(',.12~g');
const short = format('.3~s');

/** A number as plots write it: `12,000`, `0.25`, `1.5M`. */
export function plotNumber(value: number): string {
  return Math.abs(value) >= 100_000 ? short(value) : grouped(value);
}

/** A measured or predicted number: three significant digits. */
export function roundedNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100_000) return short(value);
  if (magnitude >= 100) return format(',.0f')(value);
  return format('.3~r')(value);
}

/** Ticks closer than this can't be read. */
const TICK_PIXELS = { x: 64, y: 36 };

/** Mantissas of the ticks within a decade, most ticks first. */
const MANTISSAS: readonly (readonly number[])[] = [[1, 2, 5], [1, 5], [1]];

/** The numbers m * 10^n in [low, high] with a mantissa out of `mantissas`. */
function decadeSteps(low: number, high: number, mantissas: readonly number[]): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, n) => first + n,
  );
  const steps = decades.flatMap((n) => mantissas.map((m) => Number(`${m}e${n}`)));
  return steps.filter((value) => value >= low && value <= high);
}

/** The nearest of 1, 2 and 5 times a power of ten outside of [low, high]. */
function niceDecades(low: number, high: number): [number, number] {
  const steps = decadeSteps(low / 10, high * 10, [1, 2, 5]);
  return [
    steps.findLast((value) => value <= low) ?? low,
    steps.find((value) => value >= high) ?? high,
  ];
}

/** Powers of the base, every second or third if there are many; steps between them if there are few. */
function logTicks(low: number, high: number, base: number, most: number): number[] {
  if (base === 10) {
    const steps = MANTISSAS.map((mantissas) => decadeSteps(low, high, mantissas));
    const fits = steps.find((ticks) => ticks.length <= most);
    if (fits !== undefined) return fits;
  }
  const log = (value: number): number => Math.log(value) / Math.log(base);
  const first = Math.ceil(log(low) - 1e-9);
  const last = Math.floor(log(high) + 1e-9);
  const every = Math.ceil((last - first + 1) / most);
  return Array.from({ length: last - first + 1 }, (_, n) => base ** (first + n)).filter(
    (_, n) => n % every === 0,
  );
}

function checked(axis: PlotAxis, values: readonly number[]): readonly number[] {
  const log = axis.scale === 'log';
  for (const value of values) {
    if (Number.isFinite(value) && !(log && value <= 0)) continue;
    const rule = log ? 'positive and finite on a logarithmic axis' : 'finite';
    throw new RangeError(`${axis.title}: values must be ${rule}, found ${value}`);
  }
  if (values.length === 0) throw new RangeError(`${axis.title}: a plot must have values`);
  return values;
}

/**
 * Lays `values` out over an axis that goes from pixel `from` to pixel `to`.
 *
 * @throws RangeError for a value that the axis has no place for.
 */
export function makeScale(
  axis: PlotAxis,
  values: readonly number[],
  from: number,
  to: number,
  direction: 'x' | 'y' = 'x',
): Scale {
  const all = checked(axis, [...values, ...(axis.domain ?? [])]);
  let low = all.reduce((least, value) => Math.min(least, value));
  let high = all.reduce((most, value) => Math.max(most, value));
  const log = axis.scale === 'log';
  if (low === high) {
    // One value needs an axis around it.
    [low, high] = log
      ? [low / 2, high * 2]
      : [Math.min(0, low), high === 0 ? 1 : Math.max(0, high)];
  }
  const most = Math.max(2, Math.floor(Math.abs(to - from) / TICK_PIXELS[direction]));
  const base = axis.base ?? 10;
  if (log && base === 10 && axis.ticks === undefined) [low, high] = niceDecades(low, high);
  const scale = log ? scaleLog() : scaleLinear();
  scale.domain([low, high]).range([from, to]);
  if (!log && axis.ticks === undefined) scale.nice();
  const [niceLow = low, niceHigh = high] = scale.domain();
  const numbers = log ? logTicks(niceLow, niceHigh, base, most) : scale.ticks(most);
  return {
    at: (value) => px(scale(value)),
    low: niceLow,
    high: niceHigh,
    ticks: axis.ticks ?? numbers.map((value) => ({ value, label: plotNumber(value) })),
  };
}
