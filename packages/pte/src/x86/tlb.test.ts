import { expect, it } from 'vitest';
import { cost, testMm } from '../testing.fixture.ts';
import { X86_FLUSH_CEILING } from './tlb.ts';
import { x86_64 } from './x86.ts';

const arch = x86_64({ kernel: '7.3' });

it.each([
  [1, 1, { invlpg: 1 }],
  [33, 1, { invlpg: 33 }],
  [34, 1, { fullFlushes: 1 }],
  [512, 1, { fullFlushes: 1 }],
  [512, 512, { invlpg: 1 }],
  [33 * 512, 512, { invlpg: 33 }],
  [34 * 512, 512, { fullFlushes: 1 }],
])('a flush of %i pages at stride %i costs %j', (pages, stride, price) => {
  const mm = testMm();
  arch.flushTlbRange(mm, { start: 512, end: 512 + pages, stride });
  expect(cost(mm)).toEqual({ flushCalls: 1, ...price });
  expect(mm.traced).toEqual([{ fn: 'flush_tlb_range', start: 512, end: 512 + pages, stride }]);
});

it('33 pages are the most that are flushed one by one', () => {
  expect(X86_FLUSH_CEILING).toBe(33);
});

it('a whole address space and a huge mapping are full flushes', () => {
  const mm = testMm();
  arch.flushTlbMm(mm);
  expect(cost(mm)).toEqual({ flushCalls: 1, fullFlushes: 1 });
  arch.flushPmdTlbRange(mm, 512);
  expect(cost(mm)).toEqual({ flushCalls: 1, fullFlushes: 1 });
});

it('gathers are merged over VMAs and huge entries change without a flush of their own', () => {
  expect([arch.flushesPerVma, arch.pmdInvalidateAdFlushes]).toEqual([false, false]);
});
