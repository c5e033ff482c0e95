import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { bitsOf, hexOfBits } from '../testing.fixture.ts';
import {
  ACCESSED,
  DIRTY,
  NONE,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
  SAVED_DIRTY,
  SOFT_DIRTY,
} from './entries.fixture.ts';
import { X86_PROT } from './protections.ts';
import { x86_64 } from './x86.ts';

const SEED = 20250718;
const arch = x86_64({ kernel: '7.3', softDirty: false });
const tracking = x86_64({ kernel: '7.3' });
const { READONLY, READONLY_EXEC, SHARED } = X86_PROT;

function modify(
  from: string,
  prot: number,
  options: { kernel?: KernelRelease; softDirty?: boolean } = {},
): string {
  const machine = x86_64({ kernel: '7.3', softDirty: false, ...options });
  const out = makePte();
  machine.pteModify(parseRawHex(from), prot, out);
  return rawHex(out);
}

describe('predicates', () => {
  it.each([
    ['clean, read-only', RO_CLEAN, false, false],
    ['clean, writable', RW_CLEAN, true, false],
    ['dirty, read-only (saved)', RO_DIRTY, false, true],
    ['dirty, writable', RW_DIRTY, true, true],
  ])('%s reads as such', (_, bits, write, dirty) => {
    expect([arch.pteWrite(bits), arch.pteDirty(bits)]).toEqual([write, dirty]);
  });

  it.each([
    ['hardware-present', RO_CLEAN, true, false],
    ['PROT_NONE', NONE, true, true],
    ['global and present', RO_CLEAN | 0x100, true, false],
    ['swapped out', 0x8, false, false],
  ])('a %s entry (bits %i): present %s, protnone %s', (_, bits, present, protnone) => {
    expect([arch.ptePresent(bits), arch.pteProtnone(bits)]).toEqual([present, protnone]);
  });

  it.each([
    [0, 0, true],
    [0, ACCESSED | DIRTY, true],
    [0, 1, false],
    [1, 0, false],
  ])('frame word %i with bits %i: none is %s, accessed and dirty aside', (pfn, bits, none) => {
    expect(arch.pteNone({ pfn, bits })).toBe(none);
  });

  it('young, special and uffd-wp are single bits', () => {
    expect([arch.pteYoung(ACCESSED), arch.pteYoung(~ACCESSED)]).toEqual([true, false]);
    expect([arch.pteSpecial(0x200), arch.pteSpecial(~0x200)]).toEqual([true, false]);
    expect([arch.pteUffdWp(0x400), arch.pteUffdWp(~0x400)]).toEqual([true, false]);
  });

  it('soft-dirty exists only where it is configured', () => {
    expect([tracking.pteSoftDirty(SOFT_DIRTY), tracking.pteSoftDirty(~SOFT_DIRTY)]).toEqual([
      true,
      false,
    ]);
    expect([tracking.pteMksoftDirty(0), tracking.pteClearSoftDirty(-1)]).toEqual([
      SOFT_DIRTY,
      ~SOFT_DIRTY,
    ]);
    expect([
      arch.pteSoftDirty(SOFT_DIRTY),
      arch.pteMksoftDirty(0),
      arch.pteClearSoftDirty(-1),
    ]).toEqual([false, 0, -1]);
  });

  it('there are no contiguous entries', () => {
    expect([arch.contPtes, arch.pteValidCont(), arch.pteBatchHint()]).toEqual([1, false, 1]);
    expect([
      arch.pteSame({ pfn: 1, bits: 2 }, { pfn: 1, bits: 2 }),
      arch.pteSame({ pfn: 1, bits: 2 }, { pfn: 1, bits: 3 }),
      arch.pteSame({ pfn: 1, bits: 2 }, { pfn: 2, bits: 2 }),
    ]).toEqual([true, false, false]);
  });
});

describe('transforms', () => {
  it.each<[string, number, number]>([
    ['wrprotect saves dirty', arch.pteWrprotect(RW_DIRTY), RO_DIRTY],
    ['wrprotect of a clean entry', arch.pteWrprotect(RW_CLEAN), RO_CLEAN],
    ['wrprotect keeps what was saved', arch.pteWrprotect(RO_DIRTY), RO_DIRTY],
    ['mkwrite brings saved dirty back', arch.pteMkwrite(RO_DIRTY), RW_DIRTY],
    ['mkwrite of a clean entry', arch.pteMkwrite(RO_CLEAN), RW_CLEAN],
    ['mkdirty of a writable entry', arch.pteMkdirty(RW_CLEAN), RW_DIRTY],
    ['mkdirty of a read-only entry goes to the saved bit', arch.pteMkdirty(RO_CLEAN), RO_DIRTY],
    ['mkdirty marks soft-dirty', tracking.pteMkdirty(RW_CLEAN), RW_DIRTY | SOFT_DIRTY],
    ['mkclean clears both', arch.pteMkclean(RW_DIRTY | SAVED_DIRTY), RW_CLEAN],
    ['mkold', arch.pteMkold(RO_CLEAN), RO_CLEAN & ~ACCESSED],
    ['mkyoung', arch.pteMkyoung(RO_CLEAN & ~ACCESSED), RO_CLEAN],
    ['mkuffd-wp takes write away', arch.pteMkuffdWp(RW_DIRTY), RO_DIRTY | 0x400],
    ['clearing uffd-wp leaves write alone', arch.pteClearUffdWp(RO_DIRTY | 0x400), RO_DIRTY],
    ['mkspecial', arch.pteMkspecial(0), 0x200],
  ])('%s', (_, result, expected) => {
    expect(hexOfBits(result)).toBe(hexOfBits(expected));
  });
});

describe('pteModify', () => {
  it.each<[string, string, number, string]>([
    ['RW to RO moves dirty to bit 58', '0x8000000012340067', READONLY, '0x8400000012340025'],
    ['RW to NONE complements the frame', '0x8000000012340067', NONE, '0x040fffffedcbf120'],
    ['NONE to RO complements it back', '0x040fffffedcbf120', READONLY, '0x8400000012340025'],
    ['NONE to NONE leaves it', '0x040fffffedcbf120', NONE, '0x040fffffedcbf120'],
    ['RO to shared RW moves dirty back', '0x8400000012340025', SHARED, '0x8000000012340067'],
    ['a shadow stack entry keeps D', '0x8000000012340065', READONLY, '0x8000000012340065'],
    ['RO to executable', '0x8000000012340025', READONLY_EXEC, '0x0000000012340025'],
    ['keys, global and bit 57 go', '0x7a00000012340125', READONLY, '0x8000000012340025'],
    [
      'cache bits, PAT, special, uffd-wp stay',
      '0x80000000123406bd',
      READONLY,
      '0x80000000123406bd',
    ],
    ['old stays old', '0x8000000012340005', READONLY, '0x8000000012340005'],
    ['the high frame bits are complemented too', '0x800fedcba9876067', NONE, '0x0400123456789120'],
  ])('%s', (_, from, prot, to) => {
    expect(modify(from, prot)).toBe(to);
  });

  it('mkwrite ends the golden chains', () => {
    expect(hexOfBits(arch.pteMkwrite(bitsOf('0x8400000000000025')))).toBe('0x8000000000000067');
  });

  it('soft-dirty is kept where it is configured and neither set nor cleared', () => {
    expect(modify('0x8000000012340867', READONLY, { softDirty: true })).toBe('0x8400000012340825');
    expect(modify('0x8000000012340067', READONLY, { softDirty: true })).toBe('0x8400000012340025');
    expect(modify('0x8000000012340867', READONLY)).toBe('0x8400000012340025');
  });

  it.each<[KernelRelease, string]>([
    ['6.16', '0x8200000012340025'],
    ['6.17', '0x8000000012340025'],
  ])('%s: DEVMAP (bit 57) is kept up to 6.16', (kernel, to) => {
    expect(modify('0x8200000012340025', READONLY, { kernel })).toBe(to);
  });
});

describe('frames', () => {
  it('pfnPte and ptePfn are inverse, complemented or not', () => {
    const frame = fc.bigInt({ min: 0n, max: 2n ** 40n - 1n }).map(Number);
    const pte = makePte();
    fc.assert(
      fc.property(frame, fc.constantFrom(READONLY, SHARED, NONE), (pfn, prot) => {
        arch.pfnPte(pfn, prot, pte);
        expect(arch.ptePfn(pte)).toBe(pfn);
        expect(pte.bits & ~bitsOf('0x000ff00000000000')).toBe(prot);
      }),
      { seed: SEED },
    );
  });

  it.each([
    [0x12340, READONLY, '0x8000000012340025'],
    [0x12340, NONE, '0x000fffffedcbf120'],
    [2 ** 40 - 1, READONLY, '0x800ffffffffff025'],
    [2 ** 40 - 1, NONE, '0x0000000000000120'],
    [2 ** 32 - 1, NONE, '0x000ff00000000120'],
    [0, 0, '0x0000000000000000'],
    [1, 0, '0x0000000000001000'],
  ])('frame %i with protection %i is %s', (pfn, prot, raw) => {
    const pte = makePte();
    arch.pfnPte(pfn, prot, pte);
    expect(rawHex(pte)).toBe(raw);
    if (prot !== 0) expect(arch.ptePfn(pte)).toBe(pfn);
  });

  it('the frame word of a complemented entry counts down', () => {
    expect([arch.pfnWordStep(RO_CLEAN), arch.pfnWordStep(NONE)]).toEqual([1, -1]);
  });
});
