import { VM_GROWSDOWN, VM_MAYWRITE, VM_SEALED } from '@ptelab/mm';
import { arm64, VM_EXEC, VM_READ, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { perPte } from './strategies/per-pte.ts';
import {
  BASE,
  digits,
  hexOf,
  mapAnon,
  NONE,
  protect,
  RO,
  RW,
  testMm,
  touch,
  traced,
  vmaAt,
  vmaMap,
} from './testing.fixture.ts';
import { mprotect, PROT_GROWSDOWN, PROT_GROWSUP, PROT_SEM, type MprotectArgs } from './syscall.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const PAGE = 4096;
const START = BASE * PAGE;

/** Four written pages; calls mprotect with what differs from a plain RW to RO of all of them. */
function call(given: Partial<MprotectArgs>, arch: Arch = x86): { error: string | null; W: string } {
  const mm = testMm(arch);
  mapAnon(mm, 0, 4);
  touch(mm, 0, 4);
  const { error } = mprotect(mm, { start: START, length: 4 * PAGE, prot: RO, ...given });
  return { error, W: digits(mm, 'W') };
}

describe('the arguments', () => {
  const unchanged = '1111';

  it.each<[string, Partial<MprotectArgs>, string | null, string]>([
    ['all four pages', {}, null, '0000'],
    ['a length that ends inside a page', { length: PAGE + 1 }, null, '0011'],
    ['nothing', { length: 0 }, null, unchanged],
    ['PROT_SEM', { prot: RO | PROT_SEM }, null, '0000'],
    ['both directions', { prot: RO | PROT_GROWSDOWN | PROT_GROWSUP }, 'EINVAL', unchanged],
    ['an unaligned start', { start: START + 1 }, 'EINVAL', unchanged],
    ['an unaligned start and no length', { start: START + 1, length: 0 }, 'EINVAL', unchanged],
    ['no length but bad permissions', { length: 0, prot: 0x10 }, null, unchanged],
    ['a range past the end of addresses', { length: 2 ** 64 - START }, 'ENOMEM', unchanged],
    ['a length that rounds to nothing', { length: 2 ** 64 }, 'ENOMEM', unchanged],
    ['too long and bad permissions', { length: 2 ** 64, prot: 0x10 }, 'ENOMEM', unchanged],
    ['bad permissions', { prot: 0x10 }, 'EINVAL', unchanged],
    ['bad permissions outside any VMA', { start: 0, prot: 0x10 }, 'EINVAL', unchanged],
    ['a key that is not allocated', { pkey: 5 }, 'EINVAL', unchanged],
    ['such a key outside any VMA', { start: 0, pkey: 5 }, 'EINVAL', unchanged],
    ['no VMA at all', { start: 0 }, 'ENOMEM', unchanged],
    ['a VMA behind the range', { start: START - 4 * PAGE }, 'ENOMEM', unchanged],
    ['a hole at the start', { start: START - PAGE }, 'ENOMEM', unchanged],
    ['GROWSUP', { prot: RO | PROT_GROWSUP }, 'EINVAL', unchanged],
    [
      'GROWSUP with a hole at the start',
      { start: START - PAGE, prot: PROT_GROWSUP },
      'ENOMEM',
      unchanged,
    ],
    ['GROWSDOWN without such a VMA', { prot: RO | PROT_GROWSDOWN }, 'EINVAL', unchanged],
  ])('%s', (_, given, error, W) => {
    for (const arch of [x86, arm]) expect(call(given, arch)).toEqual({ error, W });
  });

  it('64K pages are aligned and rounded to 64K', () => {
    const mm = testMm(arm64({ kernel: '7.2', granule: '64k' }));
    mapAnon(mm, 0, 4);
    touch(mm, 0, 4);
    const start = BASE * 65536;
    expect(mprotect(mm, { start: start + PAGE, length: 1, prot: RO }).error).toBe('EINVAL');
    expect(mprotect(mm, { start, length: PAGE, prot: RO })).toEqual({ error: null, pages: 1 });
  });
});

/**
 *      page   0        10        20
 *             [ stack  )[ other )       the range starts at page 5
 */
describe('GROWSDOWN', () => {
  it.each([
    ['extends the change to the start of the VMA', 5, 10, null, ['0-10', '10-20'], RO],
    ['also from a hole in front of it', -5, 5, null, ['0-5', '5-10', '10-20'], RO],
    ['crosses into the next VMA', 5, 15, null, ['0-10', '10-15', '15-20'], RO],
  ])('%s', (_, from, to, error, after, flags) => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 20);
    protect(mm, 10, 20, RW | VM_EXEC);
    vmaAt(mm, 0).flags |= VM_GROWSDOWN;
    const call = protect(mm, from, to, RO | PROT_GROWSDOWN);
    expect(call.error).toBe(error);
    expect([vmaMap(mm), vmaAt(mm, 0).flags & 0x7]).toEqual([after, flags]);
  });
});

/**
 *      page   0    4    8    12
 *             [ a  )    [ b  )       holes at 4..8 and from 12 on
 */
describe('holes: what comes before is changed and flushed', () => {
  it.each([
    ['in the middle (T19)', 0, 12, 4],
    ['at the tail', 8, 16, 4],
    ['at the tail of the first', 2, 6, 2],
  ])('%s', (_, from, to, pages) => {
    for (const arch of [x86, arm]) {
      const mm = testMm(arch);
      for (const at of [0, 8]) {
        mapAnon(mm, at, at + 4);
        touch(mm, at, at + 4);
      }
      const { result, flushes } = traced(mm, RO, perPte, [from, to]);
      expect(result).toEqual({ error: 'ENOMEM', pages });
      expect(flushes).toEqual([`${from}-${from + pages}`]);
      expect(digits(mm, 'W', 12).slice(from, from + pages)).toBe('0'.repeat(pages));
      expect(mm.tlbFlushPending).toBe(0);
    }
  });
});

/**
 *      page   0    4    8
 *             [ a  )[ b  )       b refuses
 */
describe('a VMA that refuses', () => {
  it.each<[string, number, number, string]>([
    ['lacks the permission for good', RW, 0, 'EACCES'],
    ['is sealed', RO, VM_SEALED, 'EPERM'],
  ])('%s: the one before stays changed', (_, prot, seal, error) => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 8, prot === RW ? RO : RW);
    touch(mm, 0, 8, 'read');
    protect(mm, 4, 8, NONE);
    const refusing = vmaAt(mm, 4);
    refusing.flags |= seal;
    if (seal === 0) refusing.flags &= ~VM_MAYWRITE;
    const { result } = traced(mm, prot, perPte, [0, 8]);
    expect(result).toEqual({ error, pages: 4 });
    expect([vmaAt(mm, 0).flags & 0x7, vmaAt(mm, 4).flags & 0x7]).toEqual([prot, NONE]);
  });

  it.each([
    ['read', VM_READ, 0x10],
    ['write', RW, 0x20],
    ['exec', VM_EXEC, 0x40],
  ])('no VM_MAY bit, no %s', (_, prot, may) => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 4, NONE).flags &= ~may;
    expect(protect(mm, 0, 4, prot).error).toBe('EACCES');
    expect(vmaAt(mm, 0).flags & 0x7).toBe(0);
  });

  it('the seal is looked at before whether anything changes', () => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 4).flags |= VM_SEALED;
    expect(protect(mm, 0, 4, RW).error).toBe('EPERM');
  });
});

describe('memory-deny-write-execute', () => {
  it.each([
    ['RW to RX', RW, RO | VM_EXEC, 'EACCES'],
    ['RX to RWX', RO | VM_EXEC, RW | VM_EXEC, 'EACCES'],
    ['RX to X', RO | VM_EXEC, VM_EXEC, null],
    ['RX to RO', RO | VM_EXEC, RO, null],
    ['RO to RW', RO, RW, null],
  ])('%s', (_, from, to, error) => {
    const mm = testMm(arm);
    mapAnon(mm, 0, 4, from);
    mm.denyWriteExec = true;
    expect(protect(mm, 0, 4, to).error).toBe(error);
  });
});

describe('READ_IMPLIES_EXEC', () => {
  it.each([
    ['a VMA that may be executed', RO, true, RO | VM_EXEC],
    ['one that may not', RO, false, RO],
    ['no read, no exec', NONE, true, NONE],
  ])('%s', (_, prot, mayExec, flags) => {
    const mm = testMm(arm);
    const vma = mapAnon(mm, 0, 4);
    if (!mayExec) vma.flags &= ~0x40;
    mm.readImpliesExec = true;
    expect(protect(mm, 0, 4, prot).error).toBeNull();
    expect(vma.flags & 0x7).toBe(flags);
  });
});

describe('protection keys', () => {
  const pkeyOf = (hex: string): number => Number((BigInt(hex) >> 59n) & 15n);

  it('pkey_mprotect gives the key to VMA and entries, with the same permissions too', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 4);
    touch(mm, 0, 4);
    mm.pkeys.add(5);
    expect(protect(mm, 1, 3, RW, { pkey: 5 })).toEqual({ error: null, pages: 2 });
    expect(vmaMap(mm)).toEqual(['0-1', '1-3', '3-4']);
    expect([0, 1, 2, 3].map((at) => pkeyOf(hexOf(mm, at)))).toEqual([0, 5, 5, 0]);
    expect(protect(mm, 1, 3, RO).error).toBeNull();
    expect([vmaAt(mm, 1).pkey, pkeyOf(hexOf(mm, 1))]).toEqual([5, 5]); // plain mprotect keeps it
  });

  it('PROT_EXEC alone takes the execute-only key, and leaving it gives it back', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 4, RO);
    touch(mm, 0, 4, 'read');
    protect(mm, 0, 4, VM_EXEC);
    expect([vmaAt(mm, 0).pkey, pkeyOf(hexOf(mm, 0)), mm.executeOnlyPkey]).toEqual([1, 1, 1]);
    protect(mm, 0, 4, RO | VM_EXEC);
    expect([vmaAt(mm, 0).pkey, pkeyOf(hexOf(mm, 0))]).toEqual([0, 0]);
  });

  it('a key of the program’s own stays on an execute-only VMA', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 4, RO);
    mm.pkeys.add(7);
    protect(mm, 0, 4, VM_EXEC, { pkey: 7 });
    protect(mm, 0, 4, RO);
    expect(vmaAt(mm, 0).pkey).toBe(7);
  });

  it.each([
    ['arm64', arm],
    ['x86-64 without keys', x86_64({ kernel: '7.2', pku: false })],
  ])('%s: PROT_EXEC takes none', (_, arch) => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 4);
    protect(mm, 0, 4, VM_EXEC);
    expect(vmaAt(mm, 0).pkey).toBe(0);
  });

  it('only exactly PROT_EXEC does', () => {
    const mm = testMm(x86);
    mapAnon(mm, 0, 4);
    protect(mm, 0, 4, VM_EXEC | PROT_SEM);
    expect(vmaAt(mm, 0).pkey).toBe(0);
  });
});

describe('the same protection again (T20)', () => {
  it.each([x86, arm])('$name: no entry is read', (arch) => {
    const mm = testMm(arch, [64]);
    mapAnon(mm, 0, 64);
    touch(mm, 0, 64);
    const before = { ...mm.events };
    expect(protect(mm, 0, 64, RW)).toEqual({ error: null, pages: 0 });
    expect(mm.events).toEqual(before);
  });
});
