import { fork, madvise, VM_SOFTDIRTY } from '@ptelab/mm';
import { arm64, joinMigrationOffset, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { STRATEGIES } from './strategies/built-in.ts';
import { merged } from './strategies/merged.ts';
import { perPte } from './strategies/per-pte.ts';
import type { Strategy } from './strategy.ts';
import {
  digits,
  entryOf,
  EXT4,
  FILE,
  mapAnon,
  NONE,
  PFN,
  protect,
  RO,
  RW,
  stateOf,
  testMm,
  touch,
  traced,
  vmaAt,
} from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const ARM = (['6.17', '6.19', '7.2'] as const).map((kernel) => arm64({ kernel }));
const MACHINES: readonly { name: string; arch: Arch }[] = [
  { name: 'x86-64', arch: x86 },
  { name: 'x86-64 without soft-dirty', arch: plain },
  ...ARM.map((arch) => ({ name: `arm64 ${arch.kernel}`, arch })),
];
const RIGHT: readonly Strategy[] = [perPte, merged];

/*
 *      slot   0    1    2    3
 *      pfn    100  101  102  103       one anonymous folio of four pages, unless a case says more
 */

describe.each(MACHINES)('$name', ({ arch }) => {
  const T1 = { prot: RO, D: '1', S: '1', E: '1101' };

  it('T1: write permission comes back page by page', () => {
    for (const strategy of RIGHT) {
      const mm = stateOf(arch, T1);
      const { result } = traced(mm, RW, strategy);
      expect([digits(mm, 'W'), result.pages]).toEqual(['1101', 4]);
    }
    const mm = stateOf(arch, T1);
    const { batches, commits } = traced(mm, RW, merged);
    expect([batches, commits]).toEqual([['0+4'], ['0+2w', '2+1', '3+1w']]);
    expect(mm.events.paeTests).toBe(4 + 3 - 1); // each run but the first reads its first page again
  });

  it('T2: a batch that starts inside the folio reads the flags of its own pages', () => {
    for (const strategy of RIGHT) {
      const mm = stateOf(arch, T1);
      const { result } = traced(mm, RW, strategy, [2, 4]);
      expect([digits(mm, 'W'), result.pages]).toEqual(['0001', 2]);
    }
  });

  it('T4: dirty spreads over the batch; entry by entry it does not', () => {
    const given = { prot: RW, W: '1', D: '0100', S: '1', E: '1' };
    const single = stateOf(arch, given);
    traced(single, RO, perPte);
    expect(digits(single, 'D')).toBe('0100');
    const batched = stateOf(arch, given);
    const { commits, records } = traced(batched, RO, merged);
    expect([digits(batched, 'D'), commits, records]).toEqual(['1111', ['0+4'], 1]);
  });

  it('T7: pages that userfaultfd protects stay so, and end the batches', () => {
    for (const strategy of RIGHT) {
      const mm = stateOf(arch, { prot: RO, U: '0110', E: '1', S: '1' });
      const { batches } = traced(mm, RW, strategy);
      expect([digits(mm, 'W'), digits(mm, 'U')]).toEqual(['1001', '0110']);
      if (strategy === merged) expect(batches).toEqual(['0+1', '1+2', '3+1']);
    }
  });

  it('T8: one dirty page makes a shared folio writable as a whole, if batched', () => {
    const given = { prot: RO, shared: EXT4, kind: FILE, D: '1000', S: '1' };
    const single = stateOf(arch, given);
    traced(single, RW, perPte);
    expect([digits(single, 'W'), digits(single, 'D')]).toEqual(['1000', '1000']);
    const batched = stateOf(arch, given);
    traced(batched, RW, merged);
    expect([digits(batched, 'W'), digits(batched, 'D')]).toEqual(['1111', '1111']);
  });

  it('T9: a hole ends the batch and is not counted', () => {
    for (const strategy of RIGHT) {
      const mm = stateOf(arch, { prot: RO, E: '1', S: '1', holes: [2] });
      const { result, batches } = traced(mm, RW, strategy);
      expect([digits(mm, 'W'), result.pages]).toEqual(['11-1', 3]);
      if (strategy === merged) expect(batches).toEqual(['0+2', '3+1']);
    }
  });

  it('T10: the zero page is counted, alone, and never writable', () => {
    for (const strategy of STRATEGIES) {
      const mm = stateOf(arch, { prot: RO, E: '1', S: '1' });
      const zero = makePte();
      arch.pfnPte(mm.system.zeroPfn, vmaAt(mm, 0).pageProt, zero);
      zero.bits = arch.pteMkspecial(zero.bits);
      for (const slot of [0, 1]) mm.allocTable(0x1000).poke(slot, zero);
      const { result, batches } = traced(mm, RW, strategy);
      expect([digits(mm, 'W'), result.pages]).toEqual(['0011', 4]);
      if (strategy === merged) expect(batches).toEqual(['0+1', '1+1', '2+2']);
    }
  });

  it.each([
    ['T11', 'migration-write', 'migration-read-exclusive', 4],
    ['T12', 'migration-read', 'migration-read', 3],
  ] as const)('%s: %s becomes %s, %i pages', (_, kind, becomes, pages) => {
    for (const strategy of STRATEGIES) {
      const mm = stateOf(arch, { prot: RW, W: '1', D: '1', E: '1', S: '1' });
      const offset = joinMigrationOffset({ pfn: PFN, young: true, dirty: true }, arch.swapPfnBits);
      const state = { type: 0, offset, softDirty: arch.softDirty, uffdWp: false, exclusive: false };
      const pte = makePte();
      arch.encodeNonPresent({ kind, ...state }, pte);
      mm.allocTable(0x1000).poke(0, pte);
      expect(traced(mm, RO, strategy).result.pages).toBe(pages);
      expect(arch.decodeNonPresent(entryOf(mm, 0))).toMatchObject({
        ...state,
        kind: becomes,
        type: expect.any(Number),
      });
    }
  });

  it('T14: part of a huge page: it is split, and one batch changes 256 pages', () => {
    const mm = testMm(arch, [2048]);
    mapAnon(mm, 0, 512);
    touch(mm, 0);
    const { result, batches } = traced(mm, RO, merged, [0, 256]);
    expect([result.pages, batches, mm.events.pmdSplits]).toEqual([256, ['0+256'], 1]);
    expect(digits(mm, 'W', 512)).toBe('0'.repeat(256) + '1'.repeat(256));
    expect(digits(mm, 'E', 512)).toBe('1'.repeat(512));
  });

  /**
   *      slot   0    1    2    3
   *      pfn    100  101  102  103
   *             (   A   )(   B   )       two folios of two pages
   */
  it('T15: two folios with frames in a row are two batches', () => {
    const mm = stateOf(arch, { prot: RO, folios: [1, 1], E: '1', S: '1' });
    const { batches } = traced(mm, RW, merged);
    expect([digits(mm, 'W'), batches]).toEqual(['1111', ['0+2', '2+2']]);
  });

  /**
   *      slot   0         1    2    3
   *             DONTFORK  copied by fork        one folio of four pages: E = 1000
   */
  it('T16: a page that a child shares stays read-only beside an exclusive one', () => {
    for (const strategy of RIGHT) {
      const mm = testMm(arch, [16]);
      mapAnon(mm, 0, 4);
      touch(mm, 0);
      madvise(mm, 0x1000, 0x1001, 'DONTFORK');
      const child = fork(mm);
      expect(digits(mm, 'E')).toBe('1000');
      protect(mm, 1, 4, RO, { strategy });
      protect(mm, 1, 4, RW, { strategy });
      expect([digits(mm, 'W'), digits(child, 'W')]).toEqual(['1000', '-000']);
      expect(touch(mm, 1)).toBe(1); // copied now
      expect(entryOf(mm, 1).pfn).not.toBe(entryOf(child, 1).pfn);
    }
  });

  it('T17: without an upgrade nobody looks at the exclusive flags', () => {
    const given = { prot: RO, D: '0100', E: '1011', S: '1' };
    const single = stateOf(arch, given);
    traced(single, NONE, perPte);
    expect(digits(single, 'D')).toBe('0100');
    const batched = stateOf(arch, given);
    const { commits } = traced(batched, NONE, merged);
    expect([digits(batched, 'D'), commits]).toEqual(['1111', ['0+4']]);
    expect(batched.events.paeTests).toBe(0);
  });

  it('after T1 a write fault makes page 2 exclusive, and the next round upgrades it', () => {
    const mm = stateOf(arch, T1);
    traced(mm, RW, merged);
    expect([touch(mm, 2), digits(mm, 'E')]).toEqual([1, '1111']);
    expect(digits(mm, 'P')).toBe('0123');
    traced(mm, RO, merged);
    const { batches } = traced(mm, RW, merged);
    expect([digits(mm, 'W'), batches]).toEqual(['1111', ['0+4']]);
  });
});

describe('flushes', () => {
  it('T1 on x86-64: one record per run that becomes writable, one hull', () => {
    for (const [strategy, records] of [
      [perPte, 3],
      [merged, 2],
    ] as const) {
      const mm = stateOf(plain, { prot: RO, D: '1', E: '1101' });
      expect(traced(mm, RW, strategy)).toMatchObject({ records, flushes: ['0-4'] });
    }
  });

  it.each([
    ['x86-64', plain, ['1-4']],
    ['arm64 6.17: always', ARM[0], ['0-4']],
    ['arm64 6.19: what changed', ARM[1], ['1-4']],
  ])('T3, %s', (_, arch, flushes) => {
    for (const strategy of RIGHT) {
      const mm = stateOf(arch ?? plain, { prot: RW, W: '0111', D: '1', E: '1' });
      const trail = traced(mm, RO, strategy);
      expect(trail.flushes).toEqual(flushes);
      if (strategy === merged) expect(trail.batches).toEqual(['0+1', '1+3']);
    }
  });
});

describe('x86-64 with soft-dirty tracking', () => {
  const given = { prot: RO, tracking: true, E: '1' };

  it.each([
    ['T5x: all dirty', { D: '1', S: '0' }, '0000 0000', '1111 1111'],
    ['T5y: the first dirty', { D: '1000', S: '0' }, '0000 0000', '0000 0000'],
    ['a later one dirty', { D: '0010', S: '0' }, '0000 0000', '1111 1111'],
    ['T6: first and last soft-dirty', { D: '0', S: '1001' }, '1001 1001', '1001 1001'],
  ])('%s', (_, bits, single, batched) => {
    const after = (strategy: Strategy): string => {
      const mm = stateOf(x86, { ...given, ...bits });
      traced(mm, RW, strategy);
      return `${digits(mm, 'W')} ${digits(mm, 'S')}`;
    };
    expect([after(perPte), after(merged)]).toEqual([single, batched]);
  });

  it('T6: soft-dirty ends the batches', () => {
    const mm = stateOf(x86, { ...given, D: '0', S: '1001' });
    expect(traced(mm, RW, merged).batches).toEqual(['0+1', '1+2', '3+1']);
  });

  it('T17b: a second round gives write permission that the first refused', () => {
    const rounds = (strategy: Strategy): string[] => {
      const mm = stateOf(x86, { ...given, D: '1000', S: '0' });
      return [1, 2].map(() => {
        traced(mm, RW, strategy);
        const seen = `${digits(mm, 'D')} ${digits(mm, 'S')} ${digits(mm, 'W')}`;
        traced(mm, NONE, strategy);
        return seen;
      });
    };
    expect(rounds(perPte)).toEqual(['1000 0000 0000', '1000 0000 0000']);
    expect(rounds(merged)[0]).toBe('1111 0000 0000');
    expect(rounds(merged)[1]).toBe('1111 1111 1111');
  });

  it('a VMA that counts as soft-dirty as a whole is not tracked', () => {
    const mm = stateOf(x86, { prot: RO, E: '1', S: '0' });
    expect(vmaAt(mm, 0).flags & VM_SOFTDIRTY).toBe(VM_SOFTDIRTY);
    traced(mm, RW, perPte);
    expect(digits(mm, 'W')).toBe('1111');
  });
});
