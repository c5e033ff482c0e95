import { fork, VM_ACCOUNT, VM_GROWSDOWN, VM_LOCKED, VM_NORESERVE, VM_SOFTDIRTY } from '@ptelab/mm';
import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  digits,
  EXT4,
  FILE,
  mapAnon,
  NONE,
  protect,
  RO,
  RW,
  stateOf,
  testMm,
  touch,
  traced,
  vmaAt,
  vmaMap,
} from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

describe('VMAs', () => {
  it('are split where the protection changes and merge when it changes back', () => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 30);
    touch(mm, 0, 30);
    protect(mm, 10, 20, RO);
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
    protect(mm, 10, 15, RW);
    expect(vmaMap(mm)).toEqual(['0-15', '15-20', '20-30']);
    expect(protect(mm, 15, 30, RW).pages).toBe(5); // the rest has it already
    expect(vmaMap(mm)).toEqual(['0-30']);
    expect(digits(mm, 'W', 30)).toBe('1'.repeat(30));
  });

  it('a call over many continues behind what merged', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 40);
    touch(mm, 0, 40);
    for (const at of [5, 15, 25]) protect(mm, at, at + 5, RO);
    expect(protect(mm, 0, 40, RW).pages).toBe(15);
    expect(vmaMap(mm)).toEqual(['0-40']);
  });

  it('the walk covers the range only, though the VMA has grown', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 20);
    touch(mm, 0, 20);
    protect(mm, 10, 20, RO);
    const { batches } = traced(mm, RW, undefined, [10, 12]);
    expect(batches).toEqual(['10+1', '11+1']);
  });

  it.each([
    [1, ['0-30'], 0],
    [2, ['0-10', '10-30'], 0],
    [3, ['0-10', '10-20', '20-30'], 10],
  ])('with room for %i: %o, %i pages; a first split stays', (maxMapCount, after, pages) => {
    const mm = testMm(arm, [], { maxMapCount });
    mapAnon(mm, 0, 30);
    touch(mm, 0, 30);
    const result = protect(mm, 10, 20, RO);
    expect(result).toEqual({ error: maxMapCount < 3 ? 'ENOMEM' : null, pages });
    expect(vmaMap(mm)).toEqual(after);
    for (const vma of mm.vmas.all) {
      expect((vma.flags & 0x7) === RO).toBe(pages > 0 && vma.start === BASE + 10);
    }
    expect(mm.tlbFlushPending).toBe(0);
  });
});

/**
 *      page   0          10         20
 *             [ A: RW, S )[ B: RO   )      S = VM_SOFTDIRTY; B becomes RW and joins A
 */
describe('VM_SOFTDIRTY of the neighbour', () => {
  it.each([
    ['6.12', false],
    ['6.17', false],
    ['6.18', false],
    ['6.19', true],
    ['7.2', true],
  ] as const)('%s: stays %s', (kernel, stays) => {
    const mm = testMm(x86_64({ kernel }));
    mapAnon(mm, 0, 20);
    protect(mm, 10, 20, RO);
    vmaAt(mm, 10).flags &= ~VM_SOFTDIRTY;
    protect(mm, 10, 20, RW);
    expect(vmaMap(mm)).toEqual(['0-20']);
    expect((vmaAt(mm, 0).flags & VM_SOFTDIRTY) !== 0).toBe(stays);
  });
});

describe('the data limit', () => {
  it.each([
    ['room for all', 20, RO, 0, null],
    ['not enough', 19, RO, 0, 'ENOMEM'],
    ['a stack is no data', 10, RO, VM_GROWSDOWN, null],
    ['taking write away needs none', 0, RW, 0, null],
  ])('%s', (_, limit, from, flags, error) => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 10);
    mapAnon(mm, 20, 30, from).flags |= flags;
    mm.limits.data = limit;
    expect(protect(mm, 20, 30, from === RO ? RW : RO).error).toBe(error);
  });

  it('data that stays data is let through', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 10);
    mm.limits.data = 0;
    mm.pkeys.add(3);
    expect(protect(mm, 0, 10, RW, { pkey: 3 }).error).toBeNull();
  });

  it('shared memory is no data', () => {
    const mm = stateOf(arm, { prot: RO, shared: EXT4, kind: FILE });
    mm.limits.data = 0;
    expect(protect(mm, 0, 4, RW).error).toBeNull();
  });
});

describe('the commit charge', () => {
  const account = (at: number, mm: ReturnType<typeof testMm>): boolean =>
    (vmaAt(mm, at).flags & VM_ACCOUNT) !== 0;

  it.each([
    ['the first write permission', 0, 20, null, true],
    ['too much', 0, 19, 'ENOMEM', false],
    ['not for NORESERVE', VM_NORESERVE, 0, null, false],
  ])('%s', (_, flags, limit, error, charged) => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 10);
    mapAnon(mm, 20, 30, RO).flags |= flags;
    mm.limits.charge = limit;
    expect(protect(mm, 20, 30, RW).error).toBe(error);
    expect(account(20, mm)).toBe(charged);
  });

  it('is paid once', () => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 10);
    touch(mm, 0);
    protect(mm, 0, 10, RO);
    expect(account(0, mm)).toBe(true);
    mm.limits.charge = 0;
    expect(protect(mm, 0, 10, RW).error).toBeNull();
  });

  it('is given back if no page was ever there', () => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 10);
    touch(mm, 0, 10, 'read');
    protect(mm, 0, 10, RO);
    expect(account(0, mm)).toBe(false);
  });

  it('of shared memory is not ours', () => {
    const mm = stateOf(arm, { prot: RO, shared: EXT4, kind: FILE });
    mm.limits.charge = 0;
    expect(protect(mm, 0, 4, RW).error).toBeNull();
    expect(account(0, mm)).toBe(false);
  });
});

describe('locked memory', () => {
  it.each([
    ['read-only, locked: comes in, writable', VM_LOCKED, RO, '1111'],
    ['not locked: stays out', 0, RO, '----'],
    ['from no access too', VM_LOCKED, NONE, '1111'],
  ])('%s', (_, flags, from, W) => {
    for (const arch of [x86, arm]) {
      const mm = testMm(arch);
      mapAnon(mm, 0, 4, from).flags |= flags;
      protect(mm, 0, 4, RW);
      expect(digits(mm, 'W')).toBe(W);
    }
  });

  it('shared pages are copied at once', () => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 4);
    touch(mm, 0, 4);
    fork(mm);
    protect(mm, 0, 4, RO);
    vmaAt(mm, 0).flags |= VM_LOCKED;
    protect(mm, 0, 4, RW);
    expect([digits(mm, 'W'), digits(mm, 'E'), touch(mm, 0, 4)]).toEqual(['1111', '1111', 0]);
  });

  it('writable before, nothing is brought in', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 4).flags |= VM_LOCKED;
    mm.pkeys.add(3);
    protect(mm, 0, 4, RW, { pkey: 3 });
    expect(digits(mm, 'W')).toBe('----');
  });

  it('each writable page costs one more read and lookup', () => {
    const counts = (flags: number): number[] => {
      const mm = testMm(x86, [16]);
      mapAnon(mm, 0, 4);
      touch(mm, 0);
      protect(mm, 0, 4, RO);
      vmaAt(mm, 0).flags |= flags;
      const before = { ...mm.events };
      protect(mm, 0, 4, RW);
      return [mm.events.rawReads - before.rawReads, mm.events.pageLookups - before.pageLookups];
    };
    expect([counts(0), counts(VM_LOCKED)]).toEqual([[4, 1], [8, 5]]); // prettier-ignore
  });
});

describe('flushes that others have left', () => {
  it.each([x86, arm])('$name: are carried out before the first entry is read, once', (arch) => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 1024);
    touch(mm, 0);
    touch(mm, 600);
    mm.tlbFlushBatched = true;
    const before = { ...mm.events };
    protect(mm, 0, 1024, RO);
    expect(mm.events.fullFlushes - before.fullFlushes).toBe(arch === x86 ? 2 : 1);
    expect(mm.tlbFlushBatched).toBe(false);
  });
});
