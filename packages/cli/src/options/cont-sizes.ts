import { CliError } from '../cli-error.ts';

const UNITS: Readonly<Record<string, number>> = { K: 1, M: 1024, G: 1024 ** 2 };

/**
 * Reads sizes of contiguous blocks, as `thpmaps --cont` takes them: `64K,2M`. Returns KiB.
 *
 * @throws CliError for what is no power of two from two pages to what one PMD maps.
 */
export function parseContSizes(text: string, pageKb: number, pmdKb: number): number[] {
  return text.split(',').map((word) => {
    const [, digits, unit] = /^(\d{1,7})([KMG])$/i.exec(word.trim()) ?? [];
    const kb = Number(digits) * (UNITS[unit?.toUpperCase() ?? ''] ?? NaN);
    if (Number.isInteger(Math.log2(kb)) && kb >= 2 * pageKb && kb <= pmdKb) return kb;
    const range = `a power of two from ${2 * pageKb}K to ${pmdKb}K`;
    throw new CliError('bad-size', `--cont: expected ${range}, found ${JSON.stringify(word)}`);
  });
}
