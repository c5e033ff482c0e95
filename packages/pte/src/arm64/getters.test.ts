import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { change, cost, mapped, span, testMm } from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import type { Arm64Granule } from './params.ts';
import { AF, CONT, RO_CLEAN, RW_CLEAN, RW_DIRTY } from './entries.fixture.ts';
import { pteMkdirty, pteMkyoung } from './entry.ts';

const OLD_CLEAN = RW_CLEAN & ~AF;
const ALL = span(0, 16);

/** Reads entry 4 of a block with these entries dirty and young. */
function read(
  kernel: KernelRelease,
  dirty: readonly number[],
  young: readonly number[],
  lockless = false,
): { reads: number; value: string } {
  const arch = arm64({ kernel });
  const table = mapped(arch, { bits: OLD_CLEAN | CONT, nr: 16 });
  change(table, dirty, pteMkdirty);
  change(table, young, pteMkyoung);
  const mm = testMm();
  const out = makePte();
  if (lockless) arch.ptepGetLockless(mm, table, 4, out);
  else arch.ptepGet(mm, table, 4, out);
  expect(mm.traced).toEqual(lockless ? [] : [{ fn: 'contpte_ptep_get', vpn: table.base + 4 }]);
  const { rawReads = 0, ...rest } = cost(mm);
  expect(rest).toEqual({ contpteGets: 1 });
  return { reads: rawReads, value: rawHex(out) };
}

describe('ptepGet', () => {
  it('a plain entry costs one read', () => {
    const arch = arm64({ kernel: '7.3' });
    const mm = testMm();
    const out = makePte();
    arch.ptepGet(mm, mapped(arch, { bits: RO_CLEAN, nr: 1 }), 0, out);
    expect(cost(mm)).toEqual({ rawReads: 1 });
    expect(rawHex(out)).toBe('0x0060000012300fc3');
  });

  it('PROT_NONE with CONT is not a contiguous entry', () => {
    const arch = arm64({ kernel: '7.2' });
    const mm = testMm();
    arch.ptepGet(mm, mapped(arch, { bits: (RO_CLEAN | CONT) & ~1, nr: 16 }), 0, makePte());
    expect(cost(mm)).toEqual({ rawReads: 1 });
  });

  it.each<[string, readonly number[], readonly number[], number, string]>([
    ['all dirty and young', ALL, ALL, 3, '0x00f8000012304f43'],
    ['clean, all young', [], ALL, 17, '0x0078000012304fc3'],
    ['dirty at 0, none young', [0], [], 18, '0x00f8000012304b43'],
    ['dirty at 5, young at 0', [5], [0], 7, '0x00f8000012304f43'],
    ['dirty at 0, young at 5', [0], [5], 8, '0x00f8000012304f43'],
    ['neither', [], [], 17, '0x0078000012304bc3'],
    ['dirty at 15 only', [15], [], 18, '0x00f8000012304b43'],
    ['young at 15 only', [], [15], 17, '0x0078000012304fc3'],
    ['dirty at 15, young at 0', [15], [0], 17, '0x00f8000012304f43'],
    ['dirty at 0, young at 15', [0], [15], 18, '0x00f8000012304f43'],
  ])('%s: early exit since 6.17, the whole block before', (_, dirty, young, reads, value) => {
    for (const kernel of ['6.17', '7.3'] as const) {
      expect(read(kernel, dirty, young)).toEqual({ reads, value });
      expect(read(kernel, dirty, young, true)).toEqual({ reads: reads + 1, value });
    }
    for (const kernel of ['6.12', '6.16'] as const) {
      expect(read(kernel, dirty, young)).toEqual({ reads: 17, value });
      expect(read(kernel, dirty, young, true)).toEqual({ reads: 18, value });
    }
  });

  it('entries of other blocks do not count', () => {
    for (const kernel of ['6.12', '7.3'] as const) {
      const arch = arm64({ kernel });
      const table = mapped(arch, { bits: OLD_CLEAN | CONT, nr: 48 });
      change(table, [15, 32], () => RW_DIRTY | CONT);
      const out = makePte();
      arch.ptepGet(testMm(), table, 20, out);
      expect(rawHex(out)).toBe('0x0078000012314bc3');
    }
  });

  it('the early exit follows its closed form for every first dirty and first young entry', () => {
    for (let d = 0; d <= 16; d++) {
      for (let y = 0; y <= 16; y++) {
        const afterYoung = d < 16 ? d - y : 15 - y;
        const afterDirty = y < 16 ? y - d + 1 : 16 - d;
        const none = d === 16 && y === 16;
        const reads = none ? 17 : y < d ? y + 2 + afterYoung : d + 2 + afterDirty;
        expect(read('7.3', d < 16 ? [d] : [], y < 16 ? [y] : []).reads).toBe(reads);
      }
    }
  });

  it.each<[Arm64Granule, number]>([
    ['16k', 128],
    ['64k', 32],
  ])('%s: a clean block takes 1 + %i reads, a dirty and young one three', (granule, n) => {
    const arch = arm64({ kernel: '7.3', granule });
    for (const [bits, reads] of [
      [RO_CLEAN, n + 1],
      [RW_DIRTY, 3],
    ] as const) {
      const mm = testMm();
      arch.ptepGet(mm, mapped(arch, { bits: bits | CONT, nr: n }), n - 1, makePte());
      expect(cost(mm)).toEqual({ rawReads: reads, contpteGets: 1 });
    }
  });
});

it('the lockless getter reads a plain entry once', () => {
  const arch = arm64({ kernel: '7.3' });
  const mm = testMm();
  arch.ptepGetLockless(mm, mapped(arch, { bits: RO_CLEAN, nr: 1 }), 0, makePte());
  expect(cost(mm)).toEqual({ rawReads: 1 });
});
