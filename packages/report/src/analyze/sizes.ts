const UNITS: readonly (readonly [number, string])[] = [
  [2 ** 20, 'GiB'],
  [2 ** 10, 'MiB'],
  [1, 'KiB'],
];

/** A size: `1.5 MiB`. */
export function sizeText(kb: number): string {
  if (kb === 0) return '0';
  const [size, unit] = UNITS.find(([least]) => kb >= least) ?? [1, 'KiB'];
  const value = kb / size;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}

/** A share in whole percent; nothing of nothing is left out. */
export function shareText(part: number, whole: number): string {
  return whole === 0 ? '' : `${Math.round((100 * part) / whole)} %`;
}

/** A mean with one decimal; nothing of nothing is left out. */
export function meanText(sum: number, count: number): string {
  return count === 0 ? '' : (sum / count).toFixed(1);
}
