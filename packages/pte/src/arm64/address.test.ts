import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { arm64 } from './arm64.ts';
import type { Arm64Granule } from './params.ts';
import { ARM64_PROT } from './protections.ts';

const SEED = 20250718;
const VARIANTS: readonly [Arm64Granule, boolean, number, number][] = [
  ['4k', false, 38, 12],
  ['4k', true, 40, 12],
  ['16k', false, 36, 14],
  ['16k', true, 38, 14],
  ['64k', false, 32, 16],
  ['64k', true, 36, 16],
];

it.each(VARIANTS)(
  '%s with 52-bit addresses %s: %i frame bits survive',
  (granule, pa52, bits, shift) => {
    const arch = arm64({ kernel: '7.3', granule, pa52 });
    const prot = pa52 && granule !== '64k' ? ARM64_PROT.SHARED & ~0x300 : ARM64_PROT.SHARED;
    const pte = makePte();
    const survives = (pfn: number): void => {
      arch.pfnPte(pfn, prot, pte);
      expect(arch.ptePfn(pte)).toBe(pfn);
      expect(arch.pteWrite(pte.bits)).toBe(true);
      expect(arch.pteYoung(pte.bits)).toBe(true);
      if (!pa52 || granule === '64k') expect(pte.bits & 0x300).toBe(0x300);
    };
    expect(arch.pageShift).toBe(shift);
    for (const pfn of [0, 1, 2 ** bits - 1, 2 ** (bits - 1)]) survives(pfn);
    const frame = fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }).map(Number);
    fc.assert(fc.property(frame, survives), { seed: SEED });
  },
);

it.each<[string, Arm64Granule, boolean, number, string]>([
  ['4K, 48 bits', '4k', false, 0xfffffffff, '0x0060fffffffffcc3'],
  ['4K LPA2: OA[51:50] in bits 9:8', '4k', true, 0x8000000000, '0x0060000000000ec3'],
  ['4K LPA2: OA[49:48] in place', '4k', true, 0x3000000000, '0x0063000000000cc3'],
  ['16K LPA2: OA[51:50] in bits 9:8', '16k', true, 0x3000000001, '0x0060000000004fc3'],
  ['16K: OA[13:12] stay zero', '16k', false, 1, '0x0060000000004cc3'],
  ['64K LPA: OA[51:48] in bits 15:12', '64k', true, 0xf00000001, '0x006000000001fcc3'],
  ['64K: OA[47:44] in place', '64k', false, 0x80000000, '0x0060800000000cc3'],
])('%s', (_, granule, pa52, pfn, raw) => {
  const pte = makePte();
  const arch = arm64({ kernel: '7.3', granule, pa52 });
  arch.pfnPte(pfn, ARM64_PROT.READONLY & ~0x300, pte);
  expect(rawHex(pte)).toBe(raw);
  expect(arch.ptePfn(parseRawHex(raw))).toBe(pfn);
});

it('with LPA2 the shareability of a protection never reaches the address', () => {
  const pte = makePte();
  const arch = arm64({ kernel: '7.3', pa52: true });
  arch.pfnPte(0x12340, ARM64_PROT.READONLY, pte);
  expect(arch.ptePfn(pte)).toBe(0x12340);
});

it('shareability is not part of the address without LPA2', () => {
  const shared = parseRawHex('0x0060000012340fc3');
  expect(arm64({ kernel: '7.3' }).ptePfn(shared)).toBe(0x12340);
  expect(arm64({ kernel: '7.3', pa52: true }).ptePfn(shared)).toBe(0xc000012340);
});

it.each<[Arm64Granule, number, number, number, number]>([
  ['4k', 12, 16, 512, 1],
  ['16k', 14, 128, 2048, 4],
  ['64k', 16, 32, 8192, 16],
])('%s: page shift %i, blocks of %i, tables of %i', (granule, shift, cont, entries, step) => {
  const arch = arm64({ kernel: '7.3', granule });
  expect([arch.pageShift, arch.contPtes, arch.ptesPerTable]).toEqual([shift, cont, entries]);
  expect(arch.pfnWordStep()).toBe(step);
});

it.each<[Arm64Granule, boolean, number]>([
  ['4k', false, 36],
  ['4k', true, 40],
  ['16k', false, 34],
  ['64k', false, 32],
  ['64k', true, 36],
])('%s with 52-bit addresses %s: migration entries hold %i frame bits', (granule, pa52, bits) => {
  expect(arm64({ kernel: '7.3', granule, pa52 }).swapPfnBits).toBe(bits);
});
