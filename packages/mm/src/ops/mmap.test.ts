import { arm64, VM_EXEC, VM_SHARED, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  EXT4,
  mapAnon,
  present,
  RO,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
} from '../testing.fixture.ts';
import {
  VM_ACCOUNT,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_NORESERVE,
  VM_SOFTDIRTY,
} from '../vma/flags.ts';
import { mmapFixed } from './mmap.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const MAY = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

describe('a new mapping', () => {
  it('is not charged with MAP_NORESERVE', () => {
    const mm = testMm(arm);
    mmapFixed(mm, {
      start: BASE,
      nr: 8,
      prot: RW,
      shared: false,
      file: null,
      vmFlags: VM_NORESERVE,
    });
    expect(vmaAt(mm, BASE)).toMatchObject({ flags: RW | MAY | VM_NORESERVE });
  });

  it.each([
    ['arm64, private, writable', arm, RW, false, RW | MAY | VM_ACCOUNT],
    ['arm64, private, read-only: not charged', arm, RO, false, RO | MAY],
    ['arm64, shared', arm, RW, true, RW | MAY | VM_SHARED | VM_MAYSHARE],
    ['x86-64: all soft-dirty', x86, RO, false, RO | MAY | VM_SOFTDIRTY],
  ])('%s', (_, arch, prot, shared, flags) => {
    const mm = testMm(arch);
    mmapFixed(mm, { start: BASE, nr: 8, prot, shared, file: shared ? SHMEM : null });
    expect(vmaAt(mm, BASE)).toMatchObject({ start: BASE, end: BASE + 8, flags, pkey: 0 });
  });

  it('has its place as origin; a file has the page that was asked for', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, BASE + 8);
    const file = { prot: RW, shared: true, file: EXT4 };
    mmapFixed(mm, { start: BASE + 8, nr: 8, pgoff: 100, ...file });
    mmapFixed(mm, { start: BASE + 20, nr: 8, ...file });
    expect(mm.vmas.all.map((vma) => vma.pgoff)).toEqual([BASE, 100, 0]);
  });

  it('execute-only takes its key', () => {
    const mm = testMm(x86);
    expect(mapAnon(mm, BASE, BASE + 8, VM_EXEC).pkey).toBe(1);
  });

  it.each([0, -1, NaN])('of %i pages is a mistake', (nr) => {
    expect(() => {
      mmapFixed(testMm(arm), { start: BASE, nr, prot: RW, shared: false, file: null });
    }).toThrow(RangeError);
  });

  it('replaces what was there', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, BASE + 30);
    touch(mm, BASE, BASE + 30);
    mapAnon(mm, BASE + 10, BASE + 20, RO);
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
    expect(present(mm, BASE, BASE + 30)).toEqual([...span(0, 10), ...span(20, 30)]);
  });
});

/**
 *      page   0         10         20         30
 *             [ before )[   new   )[  after  )
 */
describe('a mapping that continues a neighbour', () => {
  it.each([
    ['both', [0, 10], [20, 30], ['0-30']],
    ['the one before', [0, 10], [21, 30], ['0-20', '21-30']],
    ['the one after', [0, 9], [20, 30], ['0-9', '10-30']],
    ['none', [0, 9], [21, 30], ['0-9', '10-20', '21-30']],
  ])('joins %s', (_, before, after, map) => {
    const mm = testMm(arm);
    for (const [from = 0, to = 0] of [before, after]) mapAnon(mm, BASE + from, BASE + to);
    mapAnon(mm, BASE + 10, BASE + 20);
    expect(vmaMap(mm)).toEqual(map);
    for (const vma of mm.vmas.all) expect(vma.pgoff).toBe(vma.start);
  });

  it('gives its anon_vma to what joins; two different ones keep apart', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE + 20, BASE + 30);
    touch(mm, BASE + 20);
    const own = vmaAt(mm, BASE + 20).anonVma;
    mapAnon(mm, BASE, BASE + 10);
    mapAnon(mm, BASE + 10, BASE + 20);
    expect([vmaMap(mm), vmaAt(mm, BASE).anonVma]).toEqual([['0-30'], own]);
    const apart = testMm(arm);
    for (const at of [0, 20]) {
      mapAnon(apart, BASE + at, BASE + at + 10);
      touch(apart, BASE + at);
    }
    mapAnon(apart, BASE + 10, BASE + 20);
    expect(vmaMap(apart)).toEqual(['0-20', '20-30']);
  });

  it('makes the whole soft-dirty, and its template writable again', () => {
    const mm = testMm(x86);
    const shmem = { prot: RW, shared: true, file: SHMEM };
    mmapFixed(mm, { start: BASE, nr: 10, ...shmem });
    const vma = vmaAt(mm, BASE);
    vma.flags &= ~VM_SOFTDIRTY;
    vma.pageProt = x86.vmGetPageProt(RO); // tracked: the first write must be noticed
    mmapFixed(mm, { start: BASE + 10, nr: 10, pgoff: 10, ...shmem });
    expect([vmaMap(mm), vma.flags & VM_SOFTDIRTY]).toEqual([['0-20'], VM_SOFTDIRTY]);
    expect(x86.pteWrite(vma.pageProt)).toBe(true);
  });
});
