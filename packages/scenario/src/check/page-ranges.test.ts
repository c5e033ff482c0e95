import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PageRanges } from './page-ranges.ts';

it('agrees with a set of pages', () => {
  const step = fc.record({
    add: fc.boolean(),
    start: fc.integer({ min: 0, max: 20 }),
    pages: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const ranges = new PageRanges();
      const pages = new Set<number>();
      for (const { add, start, pages: count } of steps) {
        const range = Array.from({ length: count }, (_, i) => start + i);
        const overlaps = range.some((page) => pages.has(page));
        expect(ranges.overlap(start, start + count) !== undefined).toBe(overlaps);
        if (!add) {
          ranges.remove(start, start + count);
          for (const page of range) pages.delete(page);
        } else if (!overlaps) {
          ranges.add(start, start + count);
          for (const page of range) pages.add(page);
        }
      }
      const listed = ranges.stretches.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => start + i),
      );
      expect(listed).toEqual([...pages].sort((a, b) => a - b));
    }),
    { seed: 1 },
  );
});
