import { describe, expect, it } from 'vitest';
import { SwapArea } from './swap-area.ts';

describe('slots', () => {
  it('of single pages follow the header', () => {
    const swap = new SwapArea();
    expect([swap.alloc(1), swap.alloc(1), swap.alloc(1)]).toEqual([1, 2, 3]);
  });

  it('of large folios are aligned to the size, and apart from single ones', () => {
    const swap = new SwapArea();
    expect([4, 16, 1, 4, 512].map((nr) => swap.alloc(nr))).toEqual([0x200, 0x210, 1, 0x220, 0x400]);
  });

  it('of single pages go on behind large ones when their part is full', () => {
    const swap = new SwapArea();
    for (let slot = 1; slot < 0x200; slot++) expect(swap.alloc(1)).toBe(slot);
    expect([swap.alloc(16), swap.alloc(1), swap.alloc(1)]).toEqual([0x200, 0x210, 0x211]);
  });
});

describe('what a slot holds', () => {
  it('is there until the last entry that refers to it is gone', () => {
    const swap = new SwapArea();
    swap.write(5, 77);
    expect([swap.read(5), swap.count(5)]).toEqual([77, 1]);
    swap.duplicate(5);
    expect(swap.count(5)).toBe(2);
    swap.free(5);
    expect([swap.read(5), swap.count(5)]).toEqual([77, 1]);
    swap.free(5);
    expect([swap.read(5), swap.count(5)]).toEqual([0, 0]);
  });

  it('nothing, where nothing was written', () => {
    const swap = new SwapArea();
    swap.duplicate(9);
    swap.free(9);
    expect([swap.read(9), swap.count(9)]).toEqual([0, 0]);
  });
});
