import { describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { parseOpLine } from '../op/op-line.ts';
import type { EntriesOp } from '../op/operation.ts';
import { dumpPages, type DumpedPage } from '../story/capture.ts';
import { Story, STORY_BASE_VPN } from '../story/story.ts';
import { cellsOfEntries, entriesOfCells, type CellFolio, type EntryCell } from './entry-cell.ts';
import { readCells } from './read-cells.ts';

function told(arch: 'arm64' | 'x86-64', lines: readonly string[]): Story {
  const story = new Story(createMachine({ arch, kernel: '7.3' }));
  for (const line of lines) story.apply(parseOpLine(line));
  return story;
}

function entries(line: string): EntriesOp {
  return parseOpLine(line) as EntriesOp;
}

const single: Omit<CellFolio, 'order'> = { kind: 'anon', exclusive: '1', shared: false };

describe('cells of entries', () => {
  it.each([
    'entries 0 A=2,exclusive:1011 A0:wdys A1:dy none migration-write:A3 zero swap guard',
    'entries 5 A=0,file,shared B=3,ksm A0:wdysuc B7 uffd-marker',
    'entries 1 A=4 A3:y A4:y none A6:y',
  ])('come back as they were: %s', (line) => {
    const step = entries(line);
    expect(entriesOfCells(step.at, cellsOfEntries(step))).toEqual([step]);
  });

  it('leave out what is empty at the ends', () => {
    const step = entries(
      'entries 3 none none A=0 A0 none'.replace('none none A=0', 'A=0 none none'),
    );
    expect(entriesOfCells(3, cellsOfEntries(step))).toEqual([entries('entries 5 A=0 A0')]);
    expect(entriesOfCells(0, [{ kind: 'none' }])).toEqual([]);
  });

  it('take several steps for more folios than there are letters', () => {
    const cells = Array.from({ length: 60 }, (): EntryCell => {
      return { kind: 'present', folio: { ...single, order: 0 }, page: 0, letters: 'y' };
    });
    const steps = entriesOfCells(4, cells);
    expect(steps.map(({ at, pages }) => [at, pages.length])).toEqual([
      [4, 26],
      [30, 26],
      [56, 8],
    ]);
    expect(steps[1]?.pages.slice(0, 2)).toEqual(['A0:y', 'B0:y']);
  });

  it('never part a folio', () => {
    const large: CellFolio = { ...single, exclusive: '1111', order: 2 };
    const of = (folio: CellFolio, page: number): EntryCell => {
      return { kind: 'present', folio, page, letters: '' };
    };
    const cells = [
      ...Array.from({ length: 25 }, () => of({ ...single, order: 0 }, 0)),
      ...[0, 1].map((page) => of(large, page)),
      of({ ...single, order: 0 }, 0),
      ...[2, 3].map((page) => of(large, page)),
    ];
    const steps = entriesOfCells(0, cells);
    expect(steps.map(({ at, pages }) => [at, pages.length])).toEqual([
      [0, 25],
      [25, 5],
    ]);
    const among = [
      of(large, 0),
      ...Array.from({ length: 26 }, () => of({ ...single, order: 0 }, 0)),
      of(large, 1),
    ];
    expect(() => entriesOfCells(0, among)).toThrow('expected at most 26 folios among each other');
  });
});

describe('reading cells', () => {
  /** All but the frames, which the allocator picks anew. */
  function seen(story: Story, pages: number): (DumpedPage | string)[] {
    return dumpPages(story.mm, STORY_BASE_VPN, 0, pages).pages.map((page) => {
      return { ...page, pte: page.pfn === null ? page.pte : null, pfn: null };
    });
  }

  it.each(['arm64', 'x86-64'] as const)('leads to the same entries again: %s', (arch) => {
    const before = told(arch, [
      'thp 64 always',
      'mmap 0 64 rw anon',
      'w 0 40',
      'r 40 8',
      'forkexit child',
      'w 3 1',
      'mprotect 16 16 r',
      'madvise 60 4 GUARD_INSTALL',
    ]);
    const cells = readCells(before.mm, STORY_BASE_VPN, 0, 64);
    const after = told(arch, ['mmap 0 16 rw anon', 'mmap 16 16 r anon', 'mmap 32 32 rw anon']);
    for (const step of entriesOfCells(0, cells)) after.apply(step);
    expect(seen(after, 64)).toEqual(seen(before, 64));
    expect(readCells(after.mm, STORY_BASE_VPN, 0, 64)).toEqual(cells);
  });

  it('sees who else maps a folio', () => {
    const story = told('x86-64', ['mmap 0 2 rw anon', 'w 0 2', 'fork child']);
    const [cell] = readCells(story.mm, STORY_BASE_VPN, 0, 1);
    expect(cell).toMatchObject({ folio: { shared: true, exclusive: '0' }, letters: 'dys' });
  });

  it('names the page whose entry can not be said', () => {
    const story = told('x86-64', ['thp 2048 always', 'mmap 0 512 rw anon', 'w 0 1']);
    expect(() => readCells(story.mm, STORY_BASE_VPN, 0, 2)).toThrow(
      'expected entries that a step can say, found a huge entry at page 0',
    );
  });
});
