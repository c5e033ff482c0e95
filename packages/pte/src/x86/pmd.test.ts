import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { testMm } from '../testing.fixture.ts';
import { TLB_EXEC, TLB_READ, TLB_WRITE } from '../tlb/attributes.ts';
import { X86_PROT } from './protections.ts';
import { x86_64 } from './x86.ts';

function modify(kernel: KernelRelease, from: string, prot: number): string {
  const arch = x86_64({ kernel });
  const out = makePte();
  arch.pmdModify(parseRawHex(from), arch.pmdProt(prot), out);
  return rawHex(out);
}

function mkwrite(raw: string): string {
  const pmd = parseRawHex(raw);
  return rawHex({ ...pmd, bits: x86_64({ kernel: '7.3' }).pteMkwrite(pmd.bits) });
}

describe('a writable, dirty, soft-dirty huge page turned read-only and back', () => {
  it.each<[KernelRelease, string, string]>([
    ['6.12', '0x80000000122008a5', '0x80000000122008a7'],
    ['6.16', '0x84000000122008a5', '0x80000000122008e7'],
    ['7.2', '0x84000000122008a5', '0x80000000122008e7'],
    ['7.3', '0x84000000122008a5', '0x80000000122008e7'],
  ])('%s: %s, then %s', (kernel, readonly, writable) => {
    expect(modify(kernel, '0x80000000122008e7', X86_PROT.READONLY)).toBe(readonly);
    expect(mkwrite(modify(kernel, readonly, X86_PROT.READONLY))).toBe(writable);
  });
});

it('PROT_NONE complements the frame of a huge entry', () => {
  const none = modify('7.3', '0x80000000122000a5', X86_PROT.NONE);
  expect(none).toBe('0x000fffffeddff1a0');
  expect(modify('7.3', none, X86_PROT.READONLY)).toBe('0x80000000122000a5');
});

it('a huge entry is a page entry with the size bit', () => {
  const arch = x86_64({ kernel: '7.3' });
  const pmd = makePte();
  arch.pfnPmd(0x12200, X86_PROT.READONLY, pmd);
  expect(rawHex(pmd)).toBe('0x80000000122000a5');
  expect([arch.pmdPfn(pmd), arch.pmdLeaf(pmd)]).toEqual([0x12200, true]);
  expect(arch.pmdLeaf(parseRawHex('0x0000000012200067'))).toBe(false);
});

it.each([
  [4, 34],
  [5, 40],
] as const)('with %i levels migration entries hold %i frame bits', (levels, bits) => {
  expect(x86_64({ kernel: '7.3', levels }).swapPfnBits).toBe(bits);
});

it('access flags of a huge entry are stored by writes only, and only if they differ', () => {
  const arch = x86_64({ kernel: '7.3' });
  const mm = testMm();
  const pmd = parseRawHex('0x80000000122000a5');
  const wanted = arch.pteMkdirty(pmd.bits);
  arch.pmdpSetAccessFlags(mm, 0, pmd, wanted, false);
  expect([rawHex(pmd), mm.events.rawWrites]).toEqual(['0x80000000122000a5', 0]);
  arch.pmdpSetAccessFlags(mm, 0, pmd, wanted, true);
  arch.pmdpSetAccessFlags(mm, 0, pmd, wanted, true);
  expect([pmd.bits, mm.events.rawWrites]).toEqual([wanted, 1]);
});

it('an entry that only the kernel may use is no translation for a program', () => {
  const arch = x86_64({ kernel: '7.3' });
  const user = arch.tlbAttributes(X86_PROT.READONLY);
  const kernel = arch.tlbAttributes(X86_PROT.READONLY & ~4);
  expect(user & TLB_READ).not.toBe(0);
  expect(kernel & (TLB_READ | TLB_WRITE | TLB_EXEC)).toBe(0);
});
