import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { fork } from '../ops/fork.ts';
import {
  BASE,
  changeBits,
  entryOf,
  hexOf,
  pfnOf,
  span,
  touch,
  where,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { vmaModify } from '../vma/modify.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const ARCHES = [
  ['x86-64', x86],
  ['arm64', arm],
] as const;

/** Takes the access to pages away, as the NUMA scanner does; contiguous blocks are unfolded. */
function hint(mm: AddressSpace, vpns: readonly number[]): void {
  const { arch } = mm.system;
  for (const vpn of vpns) {
    const table = mm.allocTable(vpn);
    const [old, none] = [entryOf(mm, vpn), entryOf(mm, vpn)];
    arch.modifyProtStart(mm, table, vpn - table.base, 1, old);
    arch.pteModify(old, arch.vmGetPageProt(0), none);
    arch.modifyProtCommit(mm, table, vpn - table.base, old, none, 1);
  }
}

function hinted(mm: AddressSpace, nr = 16): number[] {
  return where(mm, BASE, BASE + nr, (bits) => mm.system.arch.pteProtnone(bits));
}

function written(arch: Arch, kb?: number): AddressSpace {
  const mm = writtenMm(arch, kb);
  hint(mm, span(BASE, BASE + 16));
  return mm;
}

describe.each(ARCHES)('%s', (_, arch) => {
  it('a single page gets its protection back, and is writable at once', () => {
    const mm = writtenMm(arch);
    const before = hexOf(mm, BASE + 3);
    hint(mm, [BASE + 3]);
    expect([touch(mm, BASE + 3), hexOf(mm, BASE + 3)]).toEqual([1, before]);
    expect(mm.events.faults).toBe(1);
  });

  it('every page of a large folio gets it back at once', () => {
    const mm = written(arch, 32); // two folios of eight pages
    expect(hinted(mm)).toHaveLength(16);
    expect(touch(mm, BASE + 5, BASE + 6, 'read')).toBe(1);
    expect(hinted(mm)).toEqual(span(8, 16));
    expect(writable(mm, BASE, BASE + 8)).toEqual(span(0, 8));
  });

  it('pages that are not where the folio would have them wait for their own fault', () => {
    const mm = written(arch, 64);
    const vma = mm.vmas.lookup(BASE);
    if (vma === undefined) throw new RangeError('no VMA');
    vmaModify(mm, vma, BASE + 4, BASE + 16, { flags: 0x1 | (vma.flags & ~0x7), pkey: 0 });
    touch(mm, BASE);
    expect(hinted(mm)).toEqual(span(4, 16)); // beyond the VMA
  });

  it('a page that a child shares stays read-only: the write faults again and copies', () => {
    const mm = writtenMm(arch);
    fork(mm);
    hint(mm, [BASE]);
    const shared = pfnOf(mm, BASE);
    expect(touch(mm, BASE)).toBe(2);
    expect(pfnOf(mm, BASE)).not.toBe(shared);
  });

  it('accessed is set; what was dirty stays so', () => {
    const mm = writtenMm(arch);
    hint(mm, [BASE]);
    changeBits(mm, [BASE], (bits) => arch.pteMkold(bits));
    touch(mm, BASE, BASE + 1, 'read');
    const { bits } = entryOf(mm, BASE);
    expect([arch.pteYoung(bits), arch.pteDirty(bits)]).toEqual([true, true]);
  });

  it.each([
    ['exclusive', true, 1],
    ['shared', false, 2],
  ])('a huge page that is %s', (_name, exclusive, faults) => {
    const mm = writtenMm(arch, 2048, 512);
    const before = hexOf(mm, BASE);
    const pmd = mm.pmd(BASE);
    if (!(pmd instanceof HugePmd)) throw new RangeError('not huge');
    const none = entryOf(mm, BASE);
    arch.pmdModify(pmd.entry, arch.pmdProt(arch.vmGetPageProt(0)), none);
    pmd.entry.bits = none.bits;
    pmd.entry.pfn = none.pfn;
    const head = arch.pmdPfn(pmd.entry);
    mm.system.memmap.setAnonExclusive(head, 1, exclusive);
    if (!exclusive) mm.system.memmap.folioRefAdd(head, 1);
    expect(touch(mm, BASE)).toBe(faults);
    if (exclusive) expect(hexOf(mm, BASE)).toBe(before);
  });
});

it('a folio stays where it is', () => {
  const mm = written(arm, 64);
  const pfn = pfnOf(mm, BASE);
  mm.system.memmap.setNode(pfn, 16, 1);
  touch(mm, BASE);
  expect([pfnOf(mm, BASE), mm.system.memmap.node(pfn)]).toEqual([pfn, 1]);
});
