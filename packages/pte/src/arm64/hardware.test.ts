import { describe, expect, it } from 'vitest';
import type { AccessKind, HardwareAccess } from '../arch.ts';
import { hexOfBits, mapped, peek, span, where } from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import {
  AF,
  CONT,
  EXEC_RO,
  NONE_DIRTY,
  RDONLY,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
} from './entries.fixture.ts';
import { ARM64_PROT } from './protections.ts';

type Row = [string, number, AccessKind, HardwareAccess, number];

function access(hwAfDbm: boolean, bits: number, kind: AccessKind): [HardwareAccess, string] {
  const arch = arm64({ kernel: '7.3', hwAfDbm });
  const table = mapped(arch, { bits, nr: 1, pfn: 0 });
  return [arch.hardwareAccess(table, 0, kind), hexOfBits(peek(table, 0).bits)];
}

describe('every CPU', () => {
  it.each<Row>([
    ['empty', 0, 'read', 'translation', 0],
    ['PROT_NONE', NONE_DIRTY, 'read', 'translation', NONE_DIRTY],
    ['reserved type', RO_CLEAN & ~2, 'read', 'translation', RO_CLEAN & ~2],
    ['read-only', RO_CLEAN, 'read', 'ok', RO_CLEAN],
    ['read-only', RO_CLEAN, 'write', 'permission', RO_CLEAN],
    ['read-only, dirty', RO_DIRTY, 'write', 'permission', RO_DIRTY],
    ['no execution', RO_CLEAN, 'exec', 'permission', RO_CLEAN],
    ['executable', EXEC_RO, 'exec', 'ok', EXEC_RO],
    ['execute-only', ARM64_PROT.EXECONLY, 'exec', 'ok', ARM64_PROT.EXECONLY],
    ['execute-only', ARM64_PROT.EXECONLY, 'read', 'permission', ARM64_PROT.EXECONLY],
    ['execute-only', ARM64_PROT.EXECONLY, 'write', 'permission', ARM64_PROT.EXECONLY],
    ['writable and dirty', RW_DIRTY, 'write', 'ok', RW_DIRTY],
  ])('%s (bits %i), %s: %s', (_, bits, kind, result, after) => {
    for (const hwAfDbm of [false, true]) {
      expect(access(hwAfDbm, bits, kind)).toEqual([result, hexOfBits(after)]);
    }
  });
});

describe('a CPU with hardware access flag and dirty state', () => {
  it.each<Row>([
    ['old', RO_CLEAN & ~AF, 'read', 'ok', RO_CLEAN],
    ['writable-clean', RW_CLEAN, 'read', 'ok', RW_CLEAN],
    ['writable-clean', RW_CLEAN, 'write', 'ok', RW_CLEAN & ~RDONLY],
    ['old and writable-clean', RW_CLEAN & ~AF, 'write', 'ok', RW_CLEAN & ~RDONLY],
  ])('%s (bits %i), %s: %s', (_, bits, kind, result, after) => {
    expect(access(true, bits, kind)).toEqual([result, hexOfBits(after)]);
  });

  it('updates the descriptor it walked, also inside a block', () => {
    const arch = arm64({ kernel: '7.3' });
    const table = mapped(arch, { bits: RW_CLEAN | CONT, nr: 16 });
    arch.hardwareAccess(table, 5, 'write');
    expect(where(table, (bits) => arch.pteDirty(bits))).toEqual([5]);
    expect(where(table, (bits) => arch.pteValidCont(bits))).toEqual(span(0, 16));
  });
});

describe('a CPU without', () => {
  it.each<Row>([
    ['old', RO_CLEAN & ~AF, 'read', 'access-flag', RO_CLEAN & ~AF],
    ['old', RW_DIRTY & ~AF, 'write', 'access-flag', RW_DIRTY & ~AF],
    ['writable-clean', RW_CLEAN, 'write', 'permission', RW_CLEAN],
  ])('%s (bits %i), %s: %s', (_, bits, kind, result, after) => {
    expect(access(false, bits, kind)).toEqual([result, hexOfBits(after)]);
  });
});

describe('a huge mapping', () => {
  const TABLE_BIT = 2;

  it.each<Row>([
    ['not valid', ARM64_PROT.NONE, 'read', 'translation', ARM64_PROT.NONE],
    ['old', RO_CLEAN & ~AF, 'read', 'ok', RO_CLEAN],
    ['writable-clean', RW_CLEAN, 'write', 'ok', RW_CLEAN & ~RDONLY],
    ['read-only', RO_CLEAN, 'write', 'permission', RO_CLEAN],
  ])('%s (bits %i), %s: %s', (_, bits, kind, result, after) => {
    const pmd = { pfn: 0x200, bits: bits & ~TABLE_BIT };
    expect(arm64({ kernel: '7.3' }).hardwareAccessPmd(pmd, kind)).toBe(result);
    expect(hexOfBits(pmd.bits)).toBe(hexOfBits(after & ~TABLE_BIT));
  });
});
