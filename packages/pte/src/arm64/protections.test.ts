import { expect, it } from 'vitest';
import { hexOfBits } from '../testing.fixture.ts';
import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from '../vm-flags.ts';
import { arm64 } from './arm64.ts';
import { ARM64_PTE_SH } from './bits.ts';
import { ARM64_PROT } from './protections.ts';

type Name = keyof typeof ARM64_PROT;

it.each<[Name, string, string]>([
  ['NONE', '0x0060000000000f82', '0x0060000000000c82'],
  ['READONLY', '0x0060000000000fc3', '0x0060000000000cc3'],
  ['READONLY_EXEC', '0x0020000000000fc3', '0x0020000000000cc3'],
  ['EXECONLY', '0x0020000000000f83', '0x0020000000000c83'],
  ['SHARED', '0x0068000000000fc3', '0x0068000000000cc3'],
  ['SHARED_EXEC', '0x0028000000000fc3', '0x0028000000000cc3'],
  ['GCS', '0x0048000000000f43', '0x0048000000000c43'],
  ['GCS_RO', '0x0040000000000f43', '0x0040000000000c43'],
])('%s is %s, and %s without shareability', (name, raw, lpa2) => {
  expect(hexOfBits(ARM64_PROT[name])).toBe(raw);
  expect(hexOfBits(ARM64_PROT[name] & ~ARM64_PTE_SH)).toBe(lpa2);
});

const R = VM_READ;
const W = VM_WRITE;
const X = VM_EXEC;
const S = VM_SHARED;
const MAP: readonly [string, number, Name][] = [
  ['private ---', 0, 'NONE'],
  ['private r--', R, 'READONLY'],
  ['private -w-', W, 'READONLY'],
  ['private rw-', R | W, 'READONLY'],
  ['private --x', X, 'READONLY_EXEC'],
  ['private r-x', R | X, 'READONLY_EXEC'],
  ['private -wx', W | X, 'READONLY_EXEC'],
  ['private rwx', R | W | X, 'READONLY_EXEC'],
  ['shared ---', S, 'NONE'],
  ['shared r--', S | R, 'READONLY'],
  ['shared -w-', S | W, 'SHARED'],
  ['shared rw-', S | R | W, 'SHARED'],
  ['shared --x', S | X, 'READONLY_EXEC'],
  ['shared r-x', S | R | X, 'READONLY_EXEC'],
  ['shared -wx', S | W | X, 'SHARED_EXEC'],
  ['shared rwx', S | R | W | X, 'SHARED_EXEC'],
];

it.each(MAP)('a %s mapping (flags %i) gets %s', (_, flags, name) => {
  expect(arm64({ kernel: '7.3' }).vmGetPageProt(flags)).toBe(ARM64_PROT[name]);
  const lpa2 = arm64({ kernel: '7.3', pa52: true }).vmGetPageProt(flags);
  expect(lpa2).toBe(ARM64_PROT[name] & ~ARM64_PTE_SH);
});

it('execute alone is EXECONLY where the CPU has EPAN, whether shared or not', () => {
  const epan = arm64({ kernel: '7.3', epan: true });
  const withoutExecOnly = MAP.filter(([, flags]) => (flags & (R | W | X)) !== X);
  expect(epan.vmGetPageProt(X)).toBe(ARM64_PROT.EXECONLY);
  expect(epan.vmGetPageProt(S | X)).toBe(ARM64_PROT.EXECONLY);
  for (const [, flags, name] of withoutExecOnly) {
    expect(epan.vmGetPageProt(flags)).toBe(ARM64_PROT[name]);
  }
});

it('the 64K granule keeps shareability with 52-bit addresses (LPA)', () => {
  const lpa = arm64({ kernel: '7.3', granule: '64k', pa52: true });
  expect(hexOfBits(lpa.vmGetPageProt(R))).toBe('0x0060000000000fc3');
});

it.each([
  [1, '0x1060000000000fc3'],
  [7, '0x7060000000000fc3'],
])('protection key %i goes to bits 62:60', (pkey, raw) => {
  expect(hexOfBits(arm64({ kernel: '7.3' }).vmGetPageProt(R, { pkey }))).toBe(raw);
});
