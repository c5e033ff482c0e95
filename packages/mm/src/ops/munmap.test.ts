import { x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BASE, cost, mapAnon, present, span, testMm, touch, vmaMap } from '../testing.fixture.ts';
import { munmap } from './munmap.ts';

/*
 *  page   0     4     8     12    16
 *         | VMA |     | VMA       |
 */
function holed(maxMapCount?: number): AddressSpace {
  const mm = testMm(x86_64({ kernel: '7.3' }), maxMapCount === undefined ? {} : { maxMapCount });
  mapAnon(mm, BASE, BASE + 4);
  mapAnon(mm, BASE + 8, BASE + 16);
  touch(mm, BASE, BASE + 4);
  touch(mm, BASE + 8, BASE + 16);
  cost(mm);
  return mm;
}

describe('munmap', () => {
  it.each([
    // pages, what is left
    [0, 4, ['8-16'], span(8, 16)],
    [2, 10, ['0-2', '10-16'], [0, 1, ...span(10, 16)]],
    [10, 12, ['0-4', '8-10', '12-16'], [...span(0, 4), 8, 9, ...span(12, 16)]],
    [4, 8, ['0-4', '8-16'], [...span(0, 4), ...span(8, 16)]],
    [0, 32, [], []],
  ])('of pages %i to %i leaves %j', (start, end, vmas, pages) => {
    const mm = holed();
    expect(munmap(mm, BASE + start, BASE + end)).toBe('ok');
    expect([vmaMap(mm), present(mm, BASE, BASE + 32)]).toEqual([vmas, pages]);
  });

  it('frees a leaf table once nothing in its reach is mapped', () => {
    const mm = holed();
    munmap(mm, BASE, BASE + 4);
    expect(mm.table(BASE)).toBeDefined();
    munmap(mm, BASE + 8, BASE + 16);
    expect(mm.pmd(BASE)).toBeUndefined();
  });

  it('flushes once for all VMAs on x86-64, and not where nothing was', () => {
    const mm = holed();
    munmap(mm, BASE + 4, BASE + 8);
    expect(mm.events.flushCalls).toBe(0);
    munmap(mm, BASE, BASE + 16);
    expect(mm.events.flushCalls).toBe(1);
  });

  it('of nothing, or less, is an error', () => {
    const mm = holed();
    expect([munmap(mm, BASE, BASE), munmap(mm, BASE + 1, BASE)]).toEqual(['EINVAL', 'EINVAL']);
  });

  it('at the limit of VMAs only a hole in one is refused, and nothing is done', () => {
    const mm = holed(2);
    expect(munmap(mm, BASE + 10, BASE + 12)).toBe('ENOMEM');
    expect(present(mm, BASE + 8, BASE + 16)).toHaveLength(8);
    expect([munmap(mm, BASE + 8, BASE + 10), munmap(mm, BASE + 3, BASE + 12)]).toEqual([
      'ok',
      'ok',
    ]);
    expect(vmaMap(mm)).toEqual(['0-3', '12-16']);
  });
});
