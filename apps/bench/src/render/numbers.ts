import type { Summary } from '../result/statistics.ts';

/** Three digits, or all that stand before the point; numbers under 0.1 have two. */
export function short(value: number): string {
  if (value === 0) return '0';
  const digits = Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.min(Math.max((digits < 0 ? 2 : 3) - digits, 0), 9));
}

/** Median with the interval that it lies in: `12.3 (12.0 .. 13.1)`. */
export function withInterval({ median, low, high }: Summary): string {
  return `${short(median)} (${short(low)} .. ${short(high)})`;
}

/** Memory of a layout: `64 MiB`, `1 TiB`. */
export function sizeText(mib: number): string {
  if (mib < 1024) return `${mib} MiB`;
  return mib < 2 ** 20 ? `${mib / 1024} GiB` : `${mib / 2 ** 20} TiB`;
}
