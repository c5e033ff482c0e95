import { expect, it } from 'vitest';
import type { AccessKind, HardwareAccess } from '../arch.ts';
import { hexOfBits, mapped, peek } from '../testing.fixture.ts';
import { ACCESSED, NONE, RO_CLEAN, RW_CLEAN, RW_DIRTY } from './entries.fixture.ts';
import { X86_PROT } from './protections.ts';
import { x86_64 } from './x86.ts';

const arch = x86_64({ kernel: '7.3' });
const EXEC = X86_PROT.READONLY_EXEC;
const OLD = RW_CLEAN & ~ACCESSED;
const KERNEL = RW_CLEAN & ~4;

it.each<[string, number, AccessKind, HardwareAccess, number]>([
  ['empty', 0, 'read', 'translation', 0],
  ['PROT_NONE', NONE, 'read', 'translation', NONE],
  ['not for user space', KERNEL, 'read', 'permission', KERNEL],
  ['read-only', RO_CLEAN, 'read', 'ok', RO_CLEAN],
  ['read-only', RO_CLEAN, 'write', 'permission', RO_CLEAN],
  ['no execution', RO_CLEAN, 'exec', 'permission', RO_CLEAN],
  ['executable', EXEC, 'exec', 'ok', EXEC],
  ['old', OLD, 'read', 'ok', RW_CLEAN],
  ['old', OLD, 'write', 'ok', RW_DIRTY],
  ['writable', RW_CLEAN, 'read', 'ok', RW_CLEAN],
  ['writable', RW_CLEAN, 'write', 'ok', RW_DIRTY],
])('%s (bits %i), %s: %s', (_, bits, kind, result, after) => {
  const table = mapped(arch, { bits, nr: 1, pfn: 0 });
  const before = peek(table, 0).pfn;
  expect(arch.hardwareAccess(table, 0, kind)).toBe(result);
  const found = peek(table, 0);
  expect(found.pfn).toBe(before);
  const frame = bits === NONE ? 0xff << 12 : 0; // stored complemented
  expect(hexOfBits(found.bits)).toBe(hexOfBits(after | frame));
  const pmd = { pfn: 0x200, bits };
  expect(arch.hardwareAccessPmd(pmd, kind)).toBe(result);
  expect(pmd).toEqual({ pfn: 0x200, bits: after });
});
