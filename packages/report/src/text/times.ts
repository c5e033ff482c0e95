import type { Interval } from '@ptelab/cost';
import { roundedNumber } from '../plot/scale.ts';

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

function unitOf(ns: number): readonly [number, string] {
  return UNITS.find(([size]) => ns >= size) ?? [1, 'ns'];
}

/** A time: `12.3 µs`. */
export function timeText(ns: number): string {
  if (ns === 0) return '0';
  const [size, unit] = unitOf(ns);
  return `${roundedNumber(ns / size)} ${unit}`;
}

/** The ends of a time, in the unit that the time itself is written in: `10 to 15 µs`. */
export function rangeText({ low, likely, high }: Interval): string {
  const [size, unit] = unitOf(likely === 0 ? high : likely);
  return `${roundedNumber(low / size)} to ${roundedNumber(high / size)} ${unit}`;
}
