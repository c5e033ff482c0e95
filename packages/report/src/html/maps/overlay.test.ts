import type { MprotectOutcome } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { overlayOf, type Segment } from './overlay.ts';

const LETTERS = { only: 'o', first: '[', between: '-', last: ']' };

function text(lane: readonly Segment[]): string {
  return lane.map((place) => (place === null ? '.' : LETTERS[place])).join('');
}

const flush = (at: number, pages: number): MprotectOutcome['flushes'][number] => ({
  at,
  pages,
  stride: 1,
});

const batch = { old: '', new: '' };

it('lays batches, commits and flushes out over pages', () => {
  const outcome: MprotectOutcome = {
    error: null,
    changed: 7,
    batches: [
      { ...batch, at: 1, nr: 4, commits: [2, 1, 1] },
      { ...batch, at: 6, nr: 1, commits: [1] },
    ],
    flushes: [flush(0, 4), flush(4, 4), flush(1, 6), flush(2, 1), flush(2, 1), flush(2, 1)],
  };
  const overlay = overlayOf(outcome, { at: 0, pages: 8 });
  expect(text(overlay.batch)).toBe('.[--].o.');
  expect(text(overlay.commit)).toBe('.[]oo.o.');
  expect(overlay.flushes.map(text)).toEqual(['.[----].', '[--][--]', '..o.....']);
  expect(overlay.moreFlushes).toBe(2);
});

it('cuts off what is beyond the window', () => {
  const outcome: MprotectOutcome = {
    error: null,
    changed: 9,
    batches: [{ ...batch, at: 0, nr: 9, commits: [9] }],
    flushes: [flush(0, 100)],
  };
  const overlay = overlayOf(outcome, { at: 4, pages: 4 });
  expect([text(overlay.batch), ...overlay.flushes.map(text)]).toEqual(['----', '----']);
});
