import { PAGE_KIND } from '@ptelab/folio';
import {
  arm64,
  ARM64_PROT,
  makePte,
  takeEvents,
  x86_64,
  X86_PROT,
  type Arch,
  type KernelRelease,
  type Pte,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from './address-space.ts';
import {
  folioPteBatch,
  FPB_MERGE_WRITE,
  FPB_MERGE_YOUNG_DIRTY,
  FPB_RESPECT_DIRTY,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
} from './folio-pte-batch.ts';
import { BASE, changeBits, entryOf, span, testMm } from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const { READONLY, NONE } = X86_PROT;

/** Maps consecutive pages: folios of `order` from frame `pfn` on, with equal bits. */
interface Mapped {
  readonly prot?: number;
  readonly order?: number;
  readonly folios?: number;
  readonly pfn?: number;
}

function mapped(arch: Arch, given: Mapped = {}): AddressSpace {
  const { prot = READONLY, order = 2, folios = 1, pfn = 0x10000 } = given;
  const mm = testMm(arch);
  const table = mm.allocTable(BASE);
  const nr = 2 ** order;
  const pte = makePte();
  for (let i = 0; i < folios; i++) {
    mm.system.memmap.initFolio(pfn + i * nr, order, PAGE_KIND.ANON);
    for (let k = i * nr; k < (i + 1) * nr; k++) {
      arch.pfnPte(pfn + k, prot, pte);
      table.poke(k, pte);
    }
  }
  return mm;
}

/** Batch at entry `index`: its length, and the entries that the scan read. */
function batch(
  mm: AddressSpace,
  { index = 0, max = 16, flags = 0 } = {},
  pte: Pte = entryOf(mm, BASE + index),
): { nr: number; reads: number } {
  takeEvents(mm.events);
  const nr = folioPteBatch(mm, mm.allocTable(BASE), index, pte, max, flags);
  return { nr, reads: mm.events.rawReads };
}

function length(mm: AddressSpace, flags = 0, max = 16): number {
  return batch(mm, { flags, max }).nr;
}

describe('a folio of four pages', () => {
  const RESPECTS = FPB_RESPECT_WRITE | FPB_RESPECT_DIRTY | FPB_RESPECT_SOFT_DIRTY;
  const rows: readonly [string, (arch: Arch, bits: number) => number, number, number][] = [
    ['accessed', (a, bits) => a.pteMkold(bits), 4, 4],
    ['write', (a, bits) => a.pteMkwrite(bits), 4, 2],
    ['dirty', (a, bits) => a.pteClearSoftDirty(a.pteMkdirty(bits)), 4, 2],
    ['soft-dirty', (a, bits) => a.pteMksoftDirty(bits), 4, 2],
    ['uffd-wp', (a, bits) => a.pteMkuffdWp(bits), 2, 2],
    ['special', (a, bits) => a.pteMkspecial(bits), 2, 2],
  ];

  it.each(rows)('page 2 differs in %s: batch of %o, respected %i', (_, differ, free, respected) => {
    const mm = mapped(x86);
    changeBits(mm, [BASE + 2], (bits) => differ(x86, bits));
    expect([length(mm), length(mm, RESPECTS)]).toEqual([free, respected]);
  });

  it.each([
    ['write', FPB_RESPECT_WRITE, (bits: number): number => x86.pteMkwrite(bits)],
    ['dirty', FPB_RESPECT_DIRTY, (bits: number) => x86.pteClearSoftDirty(x86.pteMkdirty(bits))],
    ['soft-dirty', FPB_RESPECT_SOFT_DIRTY, (bits: number) => x86.pteMksoftDirty(bits)],
  ])('each flag respects its own bit: %s', (_, flag, differ) => {
    const mm = mapped(x86);
    changeBits(mm, [BASE + 2], differ);
    expect([length(mm, flag), length(mm, RESPECTS & ~flag)]).toEqual([2, 4]);
  });

  it.each([
    ['PROT_NONE', NONE],
    ['executable', X86_PROT.READONLY_EXEC],
    ['another protection key', x86.vmGetPageProt(1, { pkey: 1 })],
  ])('page 2 is %s: the batch ends, whatever the flags', (_, prot) => {
    const mm = mapped(x86);
    const pte = entryOf(mm, BASE + 2);
    x86.pteModify(pte, prot, pte);
    mm.allocTable(BASE).poke(2, pte);
    expect([length(mm), length(mm, RESPECTS)]).toEqual([2, 2]);
  });

  it.each([
    [1, { nr: 1, reads: 0 }],
    [3, { nr: 3, reads: 2 }],
    [4, { nr: 4, reads: 3 }],
    [9, { nr: 4, reads: 3 }],
  ])('at most %i entries', (max, result) => {
    expect(batch(mapped(x86), { max })).toEqual(result);
  });

  it('starts in the middle of the folio too', () => {
    expect(batch(mapped(x86), { index: 3 })).toEqual({ nr: 1, reads: 0 });
    expect(batch(mapped(x86), { index: 1 })).toEqual({ nr: 3, reads: 2 });
  });
});

describe('what a batch never covers', () => {
  it.each<[string, (mm: AddressSpace, out: Pte) => void]>([
    ['a hole', (_, out) => Object.assign(out, makePte())],
    [
      'the zero page',
      (mm, out) => {
        x86.pfnPte(mm.system.zeroPfn, READONLY, out);
        out.bits = x86.pteMkspecial(out.bits);
      },
    ],
    [
      'a swapped-out page',
      (_, out) => {
        const flags = { softDirty: false, uffdWp: false, exclusive: false };
        x86.encodeNonPresent({ kind: 'swap', type: 0, offset: 0x1234, ...flags }, out);
      },
    ],
    [
      'another page of the folio',
      (_, out) => {
        x86.pfnPte(0x10001, READONLY, out);
      },
    ],
  ])('%s: one read finds it', (_, put) => {
    const mm = mapped(x86);
    const pte = makePte();
    put(mm, pte);
    mm.allocTable(BASE).poke(2, pte);
    expect(batch(mm)).toEqual({ nr: 2, reads: 2 });
  });

  /**
   *      entry   0   1   2   3   4   5   6   7
   *      pfn     100..103        104..107         two folios, frames in a row
   */
  it.each<[KernelRelease, number]>([
    ['6.12', 4],
    ['6.16', 3],
    ['7.2', 3],
  ])('%s: the next folio, though its frames follow; %i reads', (kernel, reads) => {
    const mm = mapped(x86_64({ kernel }), { folios: 2 });
    expect(batch(mm)).toEqual({ nr: 4, reads });
    expect(batch(mm, { index: 4 })).toEqual({ nr: 4, reads }); // then a hole
  });

  it('pages of the folio in the wrong order', () => {
    const mm = mapped(x86);
    const table = mm.allocTable(BASE);
    const last = entryOf(mm, BASE + 3);
    table.poke(3, entryOf(mm, BASE + 1));
    table.poke(1, last);
    expect(length(mm)).toBe(1);
  });
});

describe('PROT_NONE entries of x86-64, whose frames are stored complemented', () => {
  it.each<[KernelRelease]>([['6.12'], ['7.2']])('%s: make a batch like others', (kernel) => {
    expect(length(mapped(x86_64({ kernel }), { prot: NONE, order: 3 }))).toBe(8);
  });

  it('and on arm64', () => {
    expect(length(mapped(arm, { prot: ARM64_PROT.NONE, order: 3 }))).toBe(8);
  });
});

describe('contiguous blocks give hints', () => {
  /** A folio of 32 pages in two contiguous blocks. */
  function blocks(): AddressSpace {
    const mm = mapped(arm, { prot: ARM64_PROT.READONLY, order: 5 });
    const first = makePte();
    arm.pfnPte(0x10000, ARM64_PROT.READONLY, first);
    first.bits = arm.pteMkdirty(first.bits);
    arm.setPtes(mm, mm.allocTable(BASE), 0, first, 32);
    return mm;
  }

  it.each([
    ['both blocks', 0, 32, 32],
    ['the first block', 0, 16, 16],
    ['less than the hint', 0, 5, 5],
    ['from the middle', 3, 13, 13],
    ['into the second block', 3, 20, 20],
  ])('%s', (_, index, max, nr) => {
    expect(batch(blocks(), { index, max }).nr).toBe(nr);
  });

  it('one look per block', () => {
    const mm = blocks();
    const seen: string[] = [];
    mm.trace = ({ fn }): void => {
      seen.push(fn);
    };
    batch(mm, { max: 32 });
    expect(seen).toEqual(['contpte_ptep_get']);
  });
});

describe('merging into the caller’s copy', () => {
  const all = FPB_MERGE_WRITE | FPB_MERGE_YOUNG_DIRTY;

  it.each([
    ['write', FPB_MERGE_WRITE, (bits: number): number => x86.pteMkwrite(bits)],
    ['young', FPB_MERGE_YOUNG_DIRTY, (bits: number) => x86.pteMkyoung(bits)],
    [
      'dirty, and with it soft-dirty',
      FPB_MERGE_YOUNG_DIRTY,
      (bits: number) => x86.pteMkdirty(bits),
    ],
  ])('%s of a later page', (_, flag, set) => {
    const mm = mapped(x86);
    changeBits(mm, span(BASE, BASE + 4), (bits) => x86.pteMkold(bits));
    changeBits(mm, [BASE + 2], (bits) => set(bits));
    const merges = (flags: number): number => {
      const copy = entryOf(mm, BASE);
      batch(mm, { flags }, copy);
      return copy.bits;
    };
    const plain = entryOf(mm, BASE).bits;
    expect(merges(flag)).toBe(set(plain));
    expect(merges(all & ~flag)).toBe(plain);
    expect(merges(0)).toBe(plain);
    expect(entryOf(mm, BASE).bits).toBe(plain); // the table stays
  });

  it('pages behind the batch do not count', () => {
    const mm = mapped(x86, { folios: 2 });
    changeBits(mm, [BASE + 4], (bits) => x86.pteMkwrite(x86.pteMkdirty(bits)));
    const copy = entryOf(mm, BASE);
    batch(mm, { flags: all }, copy);
    expect(copy).toEqual(entryOf(mm, BASE));
  });
});
