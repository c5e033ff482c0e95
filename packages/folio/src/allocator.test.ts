import { describe, expect, it } from 'vitest';
import { scriptedAllocator, sequentialAllocator } from './allocator.ts';

describe('sequential allocation', () => {
  it('starts at the first frame and skips to where the order is aligned', () => {
    const allocator = sequentialAllocator(0x10001);
    const heads = [0, 2, 0, 4, 9].map((order) => allocator.alloc(order));
    expect(heads).toEqual([0x10001, 0x10004, 0x10008, 0x10010, 0x10200]);
  });

  it('never hands out a frame twice and always aligns', () => {
    const allocator = sequentialAllocator();
    const used = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const order = (i * 7) % 6;
      const head = allocator.alloc(order) ?? -1;
      expect(head % 2 ** order).toBe(0);
      for (let pfn = head; pfn < head + 2 ** order; pfn++) {
        expect(used.has(pfn)).toBe(false);
        used.add(pfn);
      }
    }
    expect(Math.min(...used)).toBe(0x10000);
  });
});

describe('scripted allocation', () => {
  const script = [
    { order: 4, pfn: 0x200 },
    { order: 2, pfn: null },
    { order: 0, pfn: 0x7 },
  ];

  it('answers in order; null is a failure', () => {
    const allocator = scriptedAllocator(script, sequentialAllocator());
    expect([4, 2, 0].map((order) => allocator.alloc(order))).toEqual([0x200, null, 0x7]);
  });

  it('asks the fallback for another order, and keeps its own answer for later', () => {
    const allocator = scriptedAllocator(script, sequentialAllocator(0x900));
    expect(allocator.alloc(0)).toBe(0x900);
    expect(allocator.alloc(4)).toBe(0x200);
  });

  it('asks the fallback once the script is used up', () => {
    const allocator = scriptedAllocator([{ order: 0, pfn: 5 }], sequentialAllocator(0x900));
    expect([0, 0, 0].map((order) => allocator.alloc(order))).toEqual([5, 0x900, 0x901]);
  });
});
