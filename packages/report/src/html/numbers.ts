import { format } from 'd3-format';
import { roundedNumber } from '../plot/scale.ts';

const grouped = format(',');

/** Digits in groups, where a text is a whole number. */
export function groupDigits(text: string): string {
  return /^\d+$/.test(text) ? grouped(Number(text)) : text;
}

/** By how much a number is more or less than another: `÷ 26.7`, `× 1.5`; null if there is no ratio. */
export function ratioText(value: number, base: number): string | null {
  if (value === base || value === 0 || base === 0) return null;
  return value < base
    ? `÷\u00a0${roundedNumber(base / value)}`
    : `×\u00a0${roundedNumber(value / base)}`;
}
