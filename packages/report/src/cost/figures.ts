import type { Interval } from '@ptelab/cost';

/** A figure with as many decimals as it deserves. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size < 0.1 && size > 0 ? 3 : 2);
}

/** The ends of a range: `12.0 .. 15.5`. */
export function range({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${figure(low)} .. ${figure(high)}`;
}

/** A share in percent. */
export function share(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** A relative difference in percent, with its sign. */
export function percent(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${share(Math.abs(difference))}`;
}
