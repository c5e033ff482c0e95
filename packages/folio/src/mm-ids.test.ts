import { describe, expect, it } from 'vitest';
import { Memmap } from './memmap.ts';

const FOLIO = 0x100;
const [A, B, C] = [1, 2, 3] as const;

/** Mappings that address spaces add (+) or take away (−), in order. */
type Step = readonly [mm: number, nr: number];

function maybeShared(...steps: Step[]): boolean {
  const slots = new Memmap().mmIds;
  let mapcount = 0;
  for (const [mm, nr] of steps) {
    mapcount += nr;
    if (nr > 0) slots.add(FOLIO, mm, nr);
    else slots.remove(FOLIO, mm, -nr);
  }
  return slots.maybeShared(FOLIO, mapcount);
}

describe('who maps a large folio', () => {
  it.each<[string, boolean, Step[]]>([
    ['nobody', false, []],
    ['one', false, [[A, 16]]],
    ['one, in two goes', false, [[A, 8], [A, 8]]], // prettier-ignore
    ['two', true, [[A, 16], [B, 16]]], // prettier-ignore
    ['two, then the second exits', false, [[A, 16], [B, 16], [B, -16]]], // prettier-ignore
    ['two, then the first exits', false, [[A, 16], [B, 16], [A, -16]]], // prettier-ignore
    ['two, then part of the second goes', true, [[A, 16], [B, 16], [B, -15]]], // prettier-ignore
    ['three', true, [[A, 16], [B, 16], [C, 16]]], // prettier-ignore
    ['three, the third exits', true, [[A, 16], [B, 16], [C, 16], [C, -16]]], // prettier-ignore
    ['three, only the third stays', true, [[A, 4], [B, 4], [C, 4], [A, -4], [B, -4]]], // prettier-ignore
    ['three, only the first stays', false, [[A, 4], [B, 4], [C, 4], [C, -4], [B, -4]]], // prettier-ignore
    ['a freed slot goes to the next mapper', true, [[A, 4], [B, 4], [B, -4], [C, 4]]], // prettier-ignore
    ['and its exit leaves one', false, [[A, 4], [B, 4], [B, -4], [C, 4], [C, -4]]], // prettier-ignore
  ])('%s: maybe shared %s', (_, shared, steps) => {
    expect(maybeShared(...steps)).toBe(shared);
  });

  it('a slot is free again once more goes away than it counted', () => {
    const slots = new Memmap().mmIds;
    slots.add(FOLIO, A, 4);
    slots.add(FOLIO, B, 4);
    slots.add(FOLIO, C, 4); // no slot is free: not counted
    slots.remove(FOLIO, A, 4);
    slots.add(FOLIO, C, 2); // takes the slot that A left
    slots.remove(FOLIO, C, 6); // all of C, of which two were counted
    slots.add(FOLIO, A, 4);
    slots.remove(FOLIO, B, 4);
    expect(slots.maybeShared(FOLIO, 4)).toBe(false); // A holds all
  });

  it('folios keep apart, and forgetting one leaves the other', () => {
    const slots = new Memmap().mmIds;
    for (const folio of [0x100, 0x200]) {
      slots.add(folio, A, 4);
      slots.add(folio, B, 4);
    }
    slots.forget(0x100);
    expect([0x100, 0x200].map((folio) => slots.maybeShared(folio, 8))).toEqual([false, true]);
  });

  it('an address space that was never noted may leave', () => {
    const slots = new Memmap().mmIds;
    slots.remove(FOLIO, A, 1);
    expect(slots.maybeShared(FOLIO, 0)).toBe(false);
  });
});
