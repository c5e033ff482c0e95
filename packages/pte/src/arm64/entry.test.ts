import { describe, expect, it } from 'vitest';
import { parseRawHex, rawHex } from '../raw.ts';
import { bitsOf, hexOfBits } from '../testing.fixture.ts';
import { makePte } from '../table.ts';
import { arm64, type Arm64 } from './arm64.ts';
import { ARM64_PTE_WRITE as WRITE } from './bits.ts';
import {
  AF,
  CONT,
  NONE_DIRTY,
  RDONLY,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
  SPECIAL,
  SW_DIRTY,
} from './entries.fixture.ts';
import { pteMkcont, pteMknoncont } from './entry.ts';
import { ARM64_PROT } from './protections.ts';

const arch = arm64({ kernel: '7.3' });
const VALID = 1;
const NG = 1 << 11;

function modify(hex: string, prot: number, machine: Arm64 = arch): string {
  const out = makePte();
  machine.pteModify(parseRawHex(hex), prot, out);
  return rawHex(out);
}

describe('predicates', () => {
  it.each([
    ['clean, read-only', RO_CLEAN, false, false],
    ['clean, writable', RW_CLEAN, true, false],
    ['dirty, read-only', RO_DIRTY, false, true],
    ['dirty, writable (software)', RW_DIRTY, true, true],
    ['dirty, writable (hardware only)', RW_DIRTY & ~SW_DIRTY, true, true],
    ['dirty, PROT_NONE', NONE_DIRTY, false, true],
  ])('%s reads as such', (_, bits, write, dirty) => {
    expect([arch.pteWrite(bits), arch.pteDirty(bits)]).toEqual([write, dirty]);
  });

  it.each([
    ['valid', RO_CLEAN, true, false],
    ['PROT_NONE', ARM64_PROT.NONE, true, false],
    ['valid contiguous', RO_CLEAN | CONT, true, true],
    ['PROT_NONE with CONT', ARM64_PROT.NONE | CONT, true, false],
    ['not present', CONT, false, false],
  ])('a %s entry is told apart by presence and contiguity', (_, bits, present, validCont) => {
    expect([arch.ptePresent(bits), arch.pteValidCont(bits)]).toEqual([present, validCont]);
  });

  it.each([
    ['NONE', ARM64_PROT.NONE, true],
    ['READONLY', ARM64_PROT.READONLY, false],
    ['NONE with user access', ARM64_PROT.NONE | (1 << 6), false],
    ['invalidated executable', ARM64_PROT.EXECONLY & ~VALID, false],
    ['empty', 0, false],
  ])('protnone of %s', (_, bits, protnone) => {
    expect(arch.pteProtnone(bits)).toBe(protnone);
  });

  it('young, special and uffd-wp are single bits; soft-dirty does not exist', () => {
    expect([arch.pteYoung(RO_CLEAN), arch.pteYoung(RO_CLEAN & ~AF)]).toEqual([true, false]);
    expect([arch.pteSpecial(SPECIAL), arch.pteSpecial(~SPECIAL)]).toEqual([true, false]);
    const uffd = bitsOf('0x0400000000000000');
    expect([arch.pteUffdWp(uffd), arch.pteUffdWp(~uffd)]).toEqual([true, false]);
    expect([arch.softDirty, arch.pteSoftDirty()]).toEqual([false, false]);
    expect([arch.pteMksoftDirty(0), arch.pteClearSoftDirty(-1)]).toEqual([0, -1]);
  });

  it('only an all-zero entry is none', () => {
    expect(arch.pteNone({ pfn: 0, bits: 0 })).toBe(true);
    expect(arch.pteNone({ pfn: 1, bits: 0 })).toBe(false);
    expect(arch.pteNone({ pfn: 0, bits: SW_DIRTY })).toBe(false);
  });
});

describe('transforms', () => {
  it.each<[string, number, number]>([
    [
      'wrprotect keeps hardware dirtiness in software',
      arch.pteWrprotect(RW_DIRTY & ~SW_DIRTY),
      RO_DIRTY,
    ],
    ['wrprotect of a clean entry leaves it clean', arch.pteWrprotect(RW_CLEAN), RO_CLEAN],
    ['mkwrite leaves a clean entry writable-clean', arch.pteMkwrite(RO_CLEAN), RW_CLEAN],
    ['mkwrite of a dirty entry clears RDONLY', arch.pteMkwrite(RO_DIRTY), RW_DIRTY],
    ['mkdirty of a writable entry clears RDONLY', arch.pteMkdirty(RW_CLEAN), RW_DIRTY],
    ['mkdirty of a read-only entry keeps RDONLY', arch.pteMkdirty(RO_CLEAN), RO_DIRTY],
    ['mkclean keeps write', arch.pteMkclean(RW_DIRTY), RW_CLEAN],
    ['mkold clears AF', arch.pteMkold(RO_CLEAN), RO_CLEAN & ~AF],
    ['mkyoung sets AF', arch.pteMkyoung(RO_CLEAN & ~AF), RO_CLEAN],
    ['mkspecial sets bit 56', arch.pteMkspecial(RO_CLEAN), RO_CLEAN | SPECIAL],
    ['mkcont sets bit 52', arch.pteMkcont(RO_CLEAN), RO_CLEAN | (1 << 20)],
    ['clearUffdWp clears bit 58 only', arch.pteClearUffdWp(bitsOf('0x04e0000000000fc3')), RO_DIRTY],
    ['GCS_RO made writable is GCS', arch.pteMkwrite(ARM64_PROT.GCS_RO), ARM64_PROT.GCS],
    ['mknoncont clears CONT', pteMknoncont(RO_CLEAN | CONT), RO_CLEAN],
    ['mkcont touches only CONT', pteMkcont(NONE_DIRTY, false), NONE_DIRTY | CONT],
    [
      '6.12 mkcont also forces a valid page',
      pteMkcont(NONE_DIRTY, true),
      NONE_DIRTY | CONT | VALID,
    ],
  ])('%s', (_, result, expected) => {
    expect(hexOfBits(result)).toBe(hexOfBits(expected));
  });

  it('a guarded-control-stack entry reads as dirty at once', () => {
    expect(arch.pteDirty(ARM64_PROT.GCS)).toBe(true);
    expect(arch.pteDirty(ARM64_PROT.GCS_RO)).toBe(false);
  });

  it('mkwrite, mkdirty and wrprotect agree with the truth table for every RDONLY, WRITE, DIRTY', () => {
    for (const bits of [0, 1, 2, 3, 4, 5, 6, 7].map(
      (n) => VALID | (n & 1 ? RDONLY : 0) | (n & 2 ? WRITE : 0) | (n & 4 ? SW_DIRTY : 0),
    )) {
      expect(arch.pteDirty(arch.pteWrprotect(bits))).toBe(arch.pteDirty(bits));
      expect(arch.pteWrite(arch.pteWrprotect(bits))).toBe(false);
      expect(arch.pteDirty(arch.pteMkdirty(bits))).toBe(true);
      expect(arch.pteDirty(arch.pteMkclean(bits))).toBe(false);
      expect(arch.pteWrite(arch.pteMkwrite(bits))).toBe(true);
    }
  });
});

describe('golden chain of an anonymous private page', () => {
  const first = '0x00e8000012340f43';
  const cont = '0x00f8000012340f43';

  it('READONLY, dirty, writable gives the first value', () => {
    const pte = makePte();
    arch.pfnPte(0x12340, arch.pteMkwrite(arch.pteMkdirty(ARM64_PROT.READONLY)), pte);
    expect(rawHex(pte)).toBe(first);
    pte.bits |= CONT;
    expect(rawHex(pte)).toBe(cont);
  });

  it.each<[string, string, number, string]>([
    ['contiguous to READONLY', cont, ARM64_PROT.READONLY, '0x00f0000012340fc3'],
    ['contiguous to NONE keeps CONT', cont, ARM64_PROT.NONE, '0x00f0000012340f82'],
    ['NONE back to READONLY', '0x00e0000012340f82', ARM64_PROT.READONLY, '0x00e0000012340fc3'],
    [
      'hardware-dirty SHARED to READONLY',
      '0x0068000012340f43',
      ARM64_PROT.READONLY,
      '0x00e0000012340fc3',
    ],
    ['dirty READONLY to SHARED', '0x00e0000012340fc3', ARM64_PROT.SHARED, first],
    ['old stays old', '0x00e8000012340b43', ARM64_PROT.READONLY, '0x00e0000012340bc3'],
    ['software bits stay', '0x8fe0000012340fc3', ARM64_PROT.NONE, '0x8fe0000012340f82'],
    [
      'keys, BTI and attributes change',
      '0x7064000012340fdf',
      ARM64_PROT.READONLY,
      '0x0060000012340fc3',
    ],
    [
      'READONLY to executable',
      '0x0060000012340fc3',
      ARM64_PROT.READONLY_EXEC,
      '0x0020000012340fc3',
    ],
    ['executable to READONLY', '0x0020000012340fc3', ARM64_PROT.READONLY, '0x0060000012340fc3'],
    ['READONLY to a control stack', '0x0060000012340fc3', ARM64_PROT.GCS_RO, '0x0040000012340f43'],
    ['EXECONLY to READONLY', '0x0020000012340f83', ARM64_PROT.READONLY, '0x0060000012340fc3'],
    [
      'keys and BTI arrive',
      '0x0060000012340fc3',
      bitsOf('0x7064000000000fdf'),
      '0x7064000012340fdf',
    ],
  ])('modify: %s', (_, from, prot, to) => {
    expect(modify(from, prot)).toBe(to);
  });

  it('modify to READONLY and mkwrite bring the contiguous value back', () => {
    const readonly = parseRawHex(modify(cont, ARM64_PROT.READONLY));
    expect(rawHex({ ...readonly, bits: arch.pteMkwrite(readonly.bits) })).toBe(cont);
  });

  it.each<[string, number, string]>([
    [
      'hardware-dirty SHARED after wrprotect',
      arch.pteWrprotect(bitsOf('0x0068000000000f43')),
      '0x00e0000000000fc3',
    ],
    ['mkclean', arch.pteMkclean(RW_DIRTY), '0x0068000000000fc3'],
    ['mkold', arch.pteMkold(RW_DIRTY), '0x00e8000000000b43'],
    ['READONLY after mkwrite', arch.pteMkwrite(ARM64_PROT.READONLY), '0x0068000000000fc3'],
    ['then mkdirty', arch.pteMkdirty(arch.pteMkwrite(ARM64_PROT.READONLY)), '0x00e8000000000f43'],
    ['mkuffd', arch.pteMkuffdWp(RW_DIRTY), '0x04e0000000000fc3'],
  ])('%s', (_, bits, raw) => {
    expect(hexOfBits(bits)).toBe(raw);
  });
});

describe('pteSame', () => {
  const same = (a: number, b: number): boolean =>
    arch.pteSame({ pfn: 1, bits: a }, { pfn: 1, bits: b });

  it.each<[string, number, number, boolean]>([
    ['hardware dirtying', RW_CLEAN, RW_CLEAN & ~RDONLY, true],
    ['RDONLY of PROT_NONE', NONE_DIRTY, NONE_DIRTY & ~RDONLY, true],
    ['software dirty', RO_CLEAN, RO_DIRTY, false],
    ['the access flag', RO_CLEAN, RO_CLEAN & ~AF, false],
    ['CONT', RO_CLEAN, RO_CLEAN | CONT, false],
    ['bit 7 of a non-present entry', 0x40, 0x40 | RDONLY, false],
  ])('%s: %i and %i are equal: %s', (_, a, b, expected) => {
    expect(same(a, b)).toBe(expected);
    expect(same(b, a)).toBe(expected);
  });

  it('different frames are never the same', () => {
    expect(arch.pteSame({ pfn: 1, bits: RO_CLEAN }, { pfn: 2, bits: RO_CLEAN })).toBe(false);
  });
});

describe('pteBatchHint', () => {
  it.each([
    [0, RO_CLEAN | CONT, 16],
    [5, RO_CLEAN | CONT, 11],
    [31, RO_CLEAN | CONT, 1],
    [0, RO_CLEAN, 1],
    [0, ARM64_PROT.NONE | CONT, 1],
  ])('index %i with bits %i gives %i', (index, bits, hint) => {
    expect(arch.pteBatchHint(index, bits)).toBe(hint);
  });
});

describe('pteNeedsFlush', () => {
  const flush = (kernel: '6.18' | '6.19', a: number, b: number, pfn = 1): boolean =>
    arm64({ kernel }).pteNeedsFlush({ pfn: 1, bits: a }, { pfn, bits: b });

  it.each<[string, number, number, boolean]>([
    ['RW to RO', RW_DIRTY, RO_DIRTY, true],
    ['RO to RW', RO_DIRTY, RW_DIRTY, true],
    ['RW to NONE', RW_DIRTY, NONE_DIRTY, true],
    ['NONE to RW', NONE_DIRTY, RW_DIRTY, false],
    ['no change', RO_DIRTY, RO_DIRTY, false],
    ['only software dirty', RO_CLEAN, RO_DIRTY, false],
    ['only special, uffd and bit 63', RO_CLEAN, RO_CLEAN | bitsOf('0x8500000000000000'), false],
    ['only accessed', RO_CLEAN, RO_CLEAN & ~AF, true],
    ['only hardware dirty', RW_CLEAN, RW_CLEAN & ~RDONLY, true],
    ['only CONT', RO_CLEAN, RO_CLEAN | CONT, true],
    ['only the key', RO_CLEAN, RO_CLEAN | bitsOf('0x1000000000000000'), true],
    ['only NG', RO_CLEAN, RO_CLEAN & ~NG, true],
  ])('6.19 looks at the entries: %s', (_, from, to, expected) => {
    expect(flush('6.19', from, to)).toBe(expected);
    expect(flush('6.18', from, to)).toBe(true);
    expect(
      arm64({ kernel: '7.3' }).hugePmdNeedsFlush({ pfn: 1, bits: from }, { pfn: 1, bits: to }),
    ).toBe(expected);
  });

  it('6.19: another frame needs a flush', () => {
    expect(flush('6.19', RO_CLEAN, RO_CLEAN, 2)).toBe(true);
  });
});
