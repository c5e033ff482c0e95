import type { Scenario } from '@ptelab/scenario';
import { tell } from './story.ts';

/** Pages of a pattern: all of one folio. */
export const PATTERN_PAGES = 4;

/** What an entry of a pattern may hold. A writable one is only legal if its page is exclusive. */
const ENTRIES: readonly (readonly [letters: string, exclusive: string])[] = [
  ['wdy', '1'],
  ['wy', '1'],
  ['dy', '1'],
  ['y', '0'],
  ['', '0'],
  ['none', '1'],
];

/** Number of patterns. */
export const PATTERNS: number = ENTRIES.length ** PATTERN_PAGES;

/** Folios have a letter each in a step of a story. */
const LETTERS: readonly string[] = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

function patternOf(number: number): (readonly [string, string])[] {
  return Array.from({ length: PATTERN_PAGES }, (_, slot) => {
    const digit = Math.floor(number / ENTRIES.length ** slot) % ENTRIES.length;
    return ENTRIES[digit] ?? ['', '0'];
  });
}

/** One `entries` step: up to 26 patterns side by side. */
function stepOf(first: number, writable: boolean): string {
  const folios: string[] = [];
  const words: string[] = [];
  for (const [i, folio] of LETTERS.entries()) {
    if (first + i >= PATTERNS) break;
    const pattern = patternOf(first + i);
    folios.push(`${folio}=2,exclusive:${pattern.map(([, digit]) => digit).join('')}`);
    for (const [slot, [letters]] of pattern.entries()) {
      // Nothing is writable in a mapping that forbids it.
      const legal = writable ? letters : letters.replace('w', '');
      if (letters === 'none') words.push('none');
      else words.push(legal === '' ? `${folio}${slot}` : `${folio}${slot}:${legal}`);
    }
  }
  return `entries ${first * PATTERN_PAGES} ${folios.join(' ')} ${words.join(' ')}`;
}

/**
 * Every pattern of four entries, each of a folio of its own, side by side in one mapping whose
 * protection changes as a whole.
 */
export function allPatterns(name: string, before: 'r' | 'rw', after: 'r' | 'rw' | 'n'): Scenario {
  const pages = PATTERNS * PATTERN_PAGES;
  const steps: string[] = [];
  for (let first = 0; first < PATTERNS; first += LETTERS.length) {
    steps.push(stepOf(first, before === 'rw'));
  }
  return tell(name, `Every pattern of four entries, ${before} to ${after}`, [
    `mmap 0 ${pages} ${before} anon`,
    ...steps,
    `mprotect 0 ${pages} ${after}`,
    `dump after 0 ${pages}`,
  ]);
}
