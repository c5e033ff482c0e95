import { describe, expect, it } from 'vitest';
import { changeProtection, type ProtectionChange } from '../mprotect.fixture.ts';
import { cost, mapped, testMm } from '../testing.fixture.ts';
import { NONE, RO_DIRTY, RW_DIRTY } from './entries.fixture.ts';
import { X86_PROT } from './protections.ts';
import { x86_64 } from './x86.ts';

const TO_RO = { prot: X86_PROT.READONLY, mkwrite: false };
const TO_RW = { prot: X86_PROT.READONLY, mkwrite: true };
const TO_NONE = { prot: X86_PROT.NONE, mkwrite: false };

describe.each<[string, number, Pick<ProtectionChange, 'prot' | 'mkwrite'>, boolean]>([
  ['RW to RO', RW_DIRTY, TO_RO, true],
  ['RO to RW', RO_DIRTY, TO_RW, true],
  ['RW to NONE', RW_DIRTY, TO_NONE, true],
  ['NONE to RW', NONE, TO_RW, false],
])('%s', (_, bits, to, flush) => {
  it.each([
    ['6.16, single pages', 'per-pte', 0, 512],
    ['7.3, single pages', 'batched', 0, 512],
    ['6.16, one folio', 'per-pte', 9, 512],
    ['7.3, one folio', 'batched', 9, 1],
    ['7.3, folios of 16', 'batched', 4, 32],
  ] as const)('%s: a read, a swap and a store per entry', (_era, mode, order, batches) => {
    const arch = x86_64({ kernel: mode === 'batched' ? '7.3' : '6.16' });
    const mm = testMm({ order });
    const table = mapped(arch, { bits, nr: 512, pfn: 0x12200 });
    changeProtection(arch, mm, table, { index: 0, nr: 512, ...to }, mode);
    const work = { rawReads: 512, xchg: 512, rawWrites: 512, batches, commits: batches };
    const single = batches === 512 ? { singleBatches: 512 } : {};
    const flushed = flush ? { flushCalls: 1, fullFlushes: 1 } : {};
    expect(cost(mm)).toEqual({ ...work, ...single, ...flushed });
  });
});
