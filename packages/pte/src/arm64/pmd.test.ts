import { expect, it } from 'vitest';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { cost, testMm } from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import { ARM64_PROT } from './protections.ts';

const arch = arm64({ kernel: '7.3' });

it('a huge entry is a page entry without the table bit', () => {
  const pmd = makePte();
  arch.pfnPmd(0x12200, ARM64_PROT.SHARED, pmd);
  expect(rawHex(pmd)).toBe('0x0068000012200fc1');
  expect(arch.pmdPfn(pmd)).toBe(0x12200);
  expect(arch.pmdProt(ARM64_PROT.SHARED)).toBe(pmd.bits);
});

it.each([
  ['a block', '0x0068000012200fc1', true],
  ['a PROT_NONE block', '0x0060000012200f80', true],
  ['a table', '0x0000000012200003', false],
  ['empty', '0x0000000000000000', false],
])('pmdLeaf of %s', (_, raw, leaf) => {
  expect(arch.pmdLeaf(parseRawHex(raw))).toBe(leaf);
});

it.each([
  ['RW to RO keeps dirty', '0x00e8000012200f41', ARM64_PROT.READONLY, '0x00e0000012200fc1'],
  ['RO to NONE stays a block', '0x00e0000012200fc1', ARM64_PROT.NONE, '0x00e0000012200f80'],
  ['NONE to RO', '0x00e0000012200f80', ARM64_PROT.READONLY, '0x00e0000012200fc1'],
])('pmdModify: %s', (_, from, prot, to) => {
  const out = makePte();
  arch.pmdModify(parseRawHex(from), arch.pmdProt(prot), out);
  expect(rawHex(out)).toBe(to);
});

it('a change of a huge entry flushes at once and gathers are flushed per VMA', () => {
  expect([arch.pmdInvalidateAdFlushes, arch.flushesPerVma]).toEqual([true, true]);
});

it.each([
  ['4k', true],
  ['4k', false],
  ['16k', false],
] as const)('%s, range operations %s: flushPmdTlbRange is one operation', (granule, tlbiRange) => {
  const mm = testMm();
  const machine = arm64({ kernel: '7.3', granule, tlbiRange });
  machine.flushPmdTlbRange(mm, machine.ptesPerTable);
  expect(cost(mm)).toEqual({ flushCalls: 1, tlbiOps: 1, dsb: 2 });
});

it('access flags of a huge entry are raised once, and flushed after a write', () => {
  const arch = arm64({ kernel: '7.3' });
  const mm = testMm();
  const pmd = makePte();
  arch.pfnPmd(0x12200, ARM64_PROT.READONLY, pmd);
  pmd.bits = arch.pteMkold(pmd.bits);
  const young = arch.pteMkyoung(pmd.bits);
  arch.pmdpSetAccessFlags(mm, 0, pmd, young, false);
  expect([arch.pteYoung(pmd.bits), mm.events.cmpxchg, mm.events.flushCalls]).toEqual([true, 1, 0]);
  arch.pmdpSetAccessFlags(mm, 0, pmd, young, false);
  expect([mm.events.rawReads, mm.events.cmpxchg]).toEqual([2, 1]);
});
