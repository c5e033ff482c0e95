import { PAGE_KIND } from '@ptelab/folio';
import { makePte, type Pte } from '@ptelab/pte';
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

describe('names of frames', () => {
  it('may be chosen once and hold from then on', () => {
    expect(names.match(7, 100)).toBe(true);
    expect(names.match(7, 100)).toBe(true);
    expect(names.match(7, 101)).toBe(false);
  });

  it('are one to one', () => {
    expect(names.match(7, 100)).toBe(true);
    expect(names.match(8, 100)).toBe(false);
  });

  it('pass to another page when the model has freed the old one', () => {
    expect(names.match(7, 100)).toBe(true);
    expect(names.match(7, 101)).toBe(false);
    story.system.memmap.folioPut(100, 1);
    expect(names.match(7, 101)).toBe(true);
  });
});

describe('entries', () => {
  const READ = 1;
  it('are the same if only the frame differs', () => {
    expect(names.sameEntry(entry(7, READ), entry(100, READ))).toBe(true);
  });

  it('are the same across the complement that PROT_NONE stores', () => {
    expect(names.sameEntry(entry(7, 0), entry(100, 0))).toBe(true);
  });

  it('differ in permission', () => {
    expect(names.sameEntry(entry(7, READ), entry(100, 0))).toBe(false);
  });

  it('that are not present must be equal bit for bit', () => {
    expect(names.sameEntry(makePte(), makePte())).toBe(true);
    expect(names.sameEntry(makePte(), entry(100, READ))).toBe(false);
    expect(names.sameEntry(makePte(-1, 0), makePte(-2, 0))).toBe(false);
  });
});
