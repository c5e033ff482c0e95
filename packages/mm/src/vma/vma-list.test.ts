import { describe, expect, it } from 'vitest';
import { VmaList } from './vma-list.ts';
import { Vma } from './vma.ts';

/**
 *      page  0    10   20   30   40   50
 *                 [ a  )[ b  )    [ c  )
 */
function list(): { vmas: VmaList; a: Vma; b: Vma; c: Vma } {
  const vmas = new VmaList();
  const make = (start: number, end: number): Vma => new Vma({ start, end, pgoff: start, flags: 0 });
  const [a, b, c] = [make(10, 20), make(20, 30), make(40, 50)] as const;
  for (const vma of [c, a, b]) vmas.insert(vma);
  return { vmas, a, b, c };
}

describe('the VMAs of an address space', () => {
  it('stand in ascending order, however they came', () => {
    const { vmas, a, b, c } = list();
    expect(vmas.all).toEqual([a, b, c]);
  });

  it.each([
    [0, 'a', null],
    [10, 'a', 'a'],
    [19, 'a', 'a'],
    [20, 'b', 'b'],
    [30, 'c', null],
    [49, 'c', 'c'],
    [50, null, null],
  ] as const)('from page %i on comes %s; the page is in %s', (vpn, from, inside) => {
    const found = list();
    expect(found.vmas.findFrom(vpn)).toBe(from === null ? undefined : found[from]);
    expect(found.vmas.lookup(vpn)).toBe(inside === null ? undefined : found[inside]);
  });

  it('neighbours need not touch', () => {
    const { vmas, a, b, c } = list();
    expect([a, b, c].map((vma) => vmas.previous(vma))).toEqual([undefined, a, b]);
    expect([a, b, c].map((vma) => vmas.next(vma))).toEqual([b, c, undefined]);
  });

  it.each([
    [0, 10, ''],
    [0, 11, 'a'],
    [15, 41, 'abc'],
    [30, 40, ''],
    [29, 30, 'b'],
    [49, 99, 'c'],
  ])('pages [%i, %i) overlap "%s"', (start, end, names) => {
    const { vmas, ...byName } = list();
    const expected = Object.entries(byName).filter(([name]) => names.includes(name));
    expect(vmas.overlapping(start, end)).toEqual(expected.map(([, vma]) => vma));
  });

  it('the overlapping ones are a copy that outlives a change', () => {
    const { vmas, a, b } = list();
    const found = vmas.overlapping(10, 30);
    vmas.remove(a);
    expect(found).toEqual([a, b]);
  });

  it('remove takes one away; a stranger is ignored', () => {
    const { vmas, a, b, c } = list();
    vmas.remove(b);
    vmas.remove(b);
    expect(vmas.all).toEqual([a, c]);
  });

  it.each([
    [30, 30],
    [35, 30],
    [15, 18],
    [5, 11],
    [29, 31],
    [30, 41],
    [0, 99],
  ])('refuses [%i, %i): empty or overlapping', (start, end) => {
    const { vmas } = list();
    expect(() => {
      vmas.insert(new Vma({ start, end, pgoff: 0, flags: 0 }));
    }).toThrow(new RangeError(`VMA [${start}, ${end}) is empty or overlaps another`));
  });

  it('takes what exactly fills a hole', () => {
    const { vmas } = list();
    vmas.insert(new Vma({ start: 30, end: 40, pgoff: 0, flags: 0 }));
    expect(vmas.all.map((vma) => vma.start)).toEqual([10, 20, 30, 40]);
  });
});
