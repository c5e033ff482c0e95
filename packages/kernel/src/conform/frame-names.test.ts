import { PAGE_KIND } from '@ptelab/folio';
import { makePte, type NonPresentEntry, type Pte } from '@ptelab/pte';
import { createMachine, Story } from '@ptelab/scenario';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrameNames } from './frame-names.ts';

let story: Story;
let names: FrameNames;

beforeEach(() => {
  story = new Story(createMachine({ arch: 'x86-64', kernel: '7.2' }));
  names = new FrameNames(story);
  story.system.memmap.initFolio(100, 0, PAGE_KIND.ANON);
});

function entry(pfn: number, prot: number): Pte {
  const pte = makePte();
  story.system.arch.pfnPte(pfn, story.system.arch.vmGetPageProt(prot), pte);
  return pte;
}

function absent(
  kind: NonPresentEntry['kind'],
  offset: number,
  state: Partial<NonPresentEntry> = {},
): Pte {
  const pte = makePte();
  const none = { softDirty: false, uffdWp: false, exclusive: false };
  story.system.arch.encodeNonPresent({ kind, type: 0, offset, ...none, ...state }, pte);
  return pte;
}

describe('names of frames', () => {
  it('may be chosen once and hold from then on', () => {
    expect(names.frame(7, 100)).toBe(true);
    expect(names.frame(7, 100)).toBe(true);
    expect(names.frame(7, 101)).toBe(false);
  });

  it('are one to one', () => {
    expect(names.frame(7, 100)).toBe(true);
    expect(names.frame(8, 100)).toBe(false);
  });

  it('pass to another page when the model has freed the old one', () => {
    expect(names.frame(7, 100)).toBe(true);
    expect(names.frame(7, 101)).toBe(false);
    story.system.memmap.folioPut(100, 1);
    expect(names.frame(7, 101)).toBe(true);
  });
});

describe('entries', () => {
  const READ = 1;
  it('are the same if only the frame differs', () => {
    expect(names.entry(entry(7, READ), entry(100, READ))).toBe(true);
  });

  it('are the same across the complement that PROT_NONE stores', () => {
    expect(names.entry(entry(7, 0), entry(100, 0))).toBe(true);
  });

  it('differ in permission', () => {
    expect(names.entry(entry(7, READ), entry(100, 0))).toBe(false);
  });

  it('that map nothing must be equal bit for bit', () => {
    expect(names.entry(makePte(), makePte())).toBe(true);
    expect(names.entry(makePte(), entry(100, READ))).toBe(false);
    expect(names.entry(absent('marker', 1), absent('marker', 1))).toBe(true);
    expect(names.entry(absent('marker', 1), absent('marker', 2))).toBe(false);
    expect(names.entry(absent('swap', 1), absent('marker', 1))).toBe(false);
  });

  it('of swapped pages are the same if only the slot differs, one to one', () => {
    expect(names.entry(absent('swap', 7), absent('swap', 0x201))).toBe(true);
    expect(names.entry(absent('swap', 8), absent('swap', 0x201))).toBe(false);
    expect(names.entry(absent('swap', 8), absent('swap', 9, { exclusive: true }))).toBe(false);
  });
});
