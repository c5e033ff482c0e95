import { entriesOfCells, type EntryCell } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import type { Tool } from './edit.ts';
import { paint, type PaintedTable } from './painted-table.ts';

const EMPTY: PaintedTable = {
  at: 0,
  cells: Array.from({ length: 64 }, (): EntryCell => ({ kind: 'none' })),
  vmas: [
    { at: 0, pages: 48, prot: 'rw' },
    { at: 40, pages: 8, prot: 'r' },
  ],
};

/** What steps a table after strokes comes to. */
function painted(strokes: readonly (readonly [Tool, number, number])[], table = EMPTY): unknown[] {
  const after = strokes.reduce((so, [tool, at, pages]) => paint(so, tool, { at, pages }), table);
  return entriesOfCells(after.at, after.cells);
}

const folio = (order: number): Tool => ({ kind: 'folio', order });

describe('painting folios', () => {
  it('aligns them, and lets pages follow the protection of their VMA', () => {
    expect(painted([[folio(2), 37, 5]])).toEqual([
      {
        op: 'entries',
        at: 36,
        folios: { A: { order: 2 }, B: { order: 2 } },
        pages: ['A0:wdys', 'A1:wdys', 'A2:wdys', 'A3:wdys', 'B0:y', 'B1:y', 'B2:y', 'B3:y'],
      },
    ]);
  });

  it('makes whole blocks contiguous, until one of their entries is another', () => {
    const block = Array.from({ length: 16 }, (_, i) => `A${i}:wdysc`);
    expect(painted([[folio(4), 3, 1]])).toMatchObject([{ at: 0, pages: block }]);
    const [step] = painted([
      [folio(4), 3, 1],
      [{ kind: 'bit', bit: 'd', isSet: false }, 7, 1],
    ]) as { pages: string[] }[];
    expect(step?.pages.slice(6, 9)).toEqual(['A6:wdys', 'A7:wys', 'A8:wdys']);
    const again = painted([
      [folio(4), 3, 1],
      [{ kind: 'bit', bit: 'd', isSet: false }, 7, 1],
      [{ kind: 'bit', bit: 'd', isSet: false }, 0, 16],
    ]) as { pages: string[] }[];
    expect(again[0]?.pages[7]).toBe('A7:wysc');
  });

  it('leaves of a folio what a new one does not cover', () => {
    expect(
      painted([
        [folio(2), 0, 1],
        [folio(0), 1, 1],
      ]),
    ).toMatchObject([
      {
        folios: { A: { order: 2 }, B: { order: 0 } },
        pages: ['A0:wdys', 'B0:wdys', 'A2:wdys', 'A3:wdys'],
      },
    ]);
  });

  it('maps nothing outside of VMAs', () => {
    expect(painted([[folio(5), 40, 20]])).toMatchObject([{ at: 32, pages: { length: 16 } }]);
    expect(painted([[folio(3), 50, 8]])).toEqual([]);
  });
});

describe('painting entries and bits', () => {
  it('puts entries that map nothing', () => {
    const words = ['none', 'zero', 'swap', 'guard', 'uffd-marker'] as const;
    const strokes = words.map((word, i): [Tool, number, number] => [{ kind: 'empty', word }, i, 1]);
    expect(painted(strokes)).toEqual([{ op: 'entries', at: 1, pages: words.slice(1) }]);
  });

  it('sets and clears bits of what is mapped, once', () => {
    const bit = (name: 'w' | 'u', isSet: boolean): Tool => ({ kind: 'bit', bit: name, isSet });
    const [step] = painted([
      [folio(0), 0, 2],
      [bit('u', true), 0, 3],
      [bit('u', true), 0, 1],
      [bit('w', false), 1, 1],
    ]) as { pages: string[] }[];
    expect(step?.pages).toEqual(['A0:wdysu', 'B0:dysu']);
  });

  it('makes pages shared, one by one', () => {
    const shared: Tool = { kind: 'bit', bit: 'exclusive', isSet: false };
    expect(
      painted([
        [folio(2), 0, 1],
        [shared, 1, 2],
      ]),
    ).toMatchObject([{ folios: { A: { order: 2, exclusive: '1001' } }, pages: { length: 4 } }]);
  });
});
