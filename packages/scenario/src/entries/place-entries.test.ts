import { describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { formatOpLine, parseOpLine } from '../op/op-line.ts';
import { dumpPages } from '../story/capture.ts';
import { Story, STORY_BASE_VPN } from '../story/story.ts';
import { parseScenario } from '../yaml/parse.ts';

function storyOf(arch: 'arm64' | 'x86-64', lines: readonly string[]): Story {
  const story = new Story(createMachine({ arch, kernel: '7.3' }));
  for (const line of lines) story.apply(parseOpLine(line));
  return story;
}

/*
 *      page   0     1     2     3       one folio of four pages at frame 0x100, 0 and 1 mapped
 */
const LINE =
  'entries 0 A=2,pfn:256,exclusive:1011 A0:wdys A1:dy none migration-write:A3 zero swap guard';

describe('entries', () => {
  it('puts pages and their entries into the state described', () => {
    const story = storyOf('x86-64', ['mmap 0 8 rw anon', LINE]);
    const { pages } = dumpPages(story.mm, STORY_BASE_VPN, 0, 8);
    expect(pages.slice(0, 3)).toEqual([
      { pte: '0x8000000000100867', pfn: 256, folioOrder: 2, anonExclusive: true, mapcount: 1 },
      { pte: '0x8400000000101025', pfn: 257, folioOrder: 2, anonExclusive: false, mapcount: 1 },
      expect.objectContaining({ pte: '0x0000000000000000' }),
    ]);
    expect(pages[7]?.pte).toBe('0x0000000000000000');
    const { arch, memmap } = story.system;
    const kinds = [3, 5, 6].map((page) => {
      const pte = { pfn: 0, bits: 0 };
      story.mm.allocTable(STORY_BASE_VPN).peek(page, pte);
      return arch.decodeNonPresent(pte).kind;
    });
    expect(kinds).toEqual(['migration-write', 'swap', 'marker']);
    expect([memmap.folioMapcount(256), memmap.folioRefcount(256)]).toEqual([2, 2]);
  });

  it('counts the mappings of another process', () => {
    const story = storyOf('arm64', ['mmap 0 4 r anon', 'entries 0 A=2,pfn:256,shared A0 A1']);
    const { memmap } = story.system;
    expect([memmap.folioMapcount(256), memmap.mmIds.maybeShared(256, 6)]).toEqual([6, true]);
  });

  it('makes contiguous entries on arm64, which a part of a call unfolds', () => {
    const block = Array.from({ length: 16 }, (_, i) => `A${i}:wdyc`).join(' ');
    const story = storyOf('arm64', ['mmap 0 16 rw anon', `entries 0 A=4,pfn:256 ${block}`]);
    const before = dumpPages(story.mm, STORY_BASE_VPN, 0, 1).pages[0]?.pte;
    expect(before).toBe('0x00f8000000100f43');
    story.apply(parseOpLine('mprotect 0 8 r'));
    expect(story.mm.events.unfolds).toBe(1);
  });

  it('reads back what it writes', () => {
    for (const line of [LINE, 'entries 3 none', 'entries 0 A=0,file,shared B=3,ksm A0:wdysuc B7']) {
      expect(formatOpLine(parseOpLine(line))).toBe(line);
    }
  });

  it.each([
    ['entries 0 A=2', 'expected entries, found the end of the line'],
    ['entries 0 A=2,big A0', 'found "A=2,big"'],
    ['entries 0 A=2 A0:q', 'expected an entry, found "A0:q"'],
  ])('refuses the line %s', (line, message) => {
    expect(() => parseOpLine(line)).toThrow(message);
  });

  it.each([
    ['{ at: 0, pages: [A0] }', 'expected a folio of this step, found A'],
    ['{ at: 0, folios: { A: { order: 0 } }, pages: [A1] }', 'expected a page of the folio'],
    ['{ at: 7, pages: [none, none] }', 'expected mapped pages, found 8'],
    ['{ at: 0, pages: [A0:q] }', 'expected an entry (A0:wdysucn'],
  ])('refuses the step %s with its place', (body, message) => {
    const text = `name: x\nsteps:\n  - mmap: { at: 0, pages: 8, prot: rw, kind: anon }\n  - entries: ${body}\n`;
    expect(() => parseScenario(text, 'x.yaml')).toThrow(message);
    expect(() => parseScenario(text, 'x.yaml')).toThrow(/^x\.yaml:4:/);
  });

  it('refuses frames that are in use', () => {
    const lines = ['mmap 0 8 rw anon', 'entries 0 A=0,pfn:256 A0'];
    expect(() => storyOf('arm64', [...lines, 'entries 1 A=0,pfn:256 A0'])).toThrow('is in use');
  });
});
