import { expect, it } from 'vitest';
import { hexOfBits } from '../testing.fixture.ts';
import { VM_EXEC as X, VM_READ as R, VM_SHARED as S, VM_WRITE as W } from '../vm-flags.ts';
import { X86_PROT } from './protections.ts';
import { x86_64 } from './x86.ts';

type Name = keyof typeof X86_PROT;

it.each<[Name, string]>([
  ['NONE', '0x0000000000000120'],
  ['READONLY', '0x8000000000000025'],
  ['READONLY_EXEC', '0x0000000000000025'],
  ['SHARED', '0x8000000000000027'],
  ['SHARED_EXEC', '0x0000000000000027'],
])('%s is %s', (name, raw) => {
  expect(hexOfBits(X86_PROT[name])).toBe(raw);
});

it.each<[string, number, Name]>([
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
])('a %s mapping (flags %i) gets %s', (_, flags, name) => {
  expect(x86_64({ kernel: '7.3' }).vmGetPageProt(flags)).toBe(X86_PROT[name]);
});

it.each([
  [1, '0x0800000000000025'],
  [15, '0x7800000000000025'],
])('execute alone with protection key %i is %s', (pkey, raw) => {
  expect(hexOfBits(x86_64({ kernel: '7.3' }).vmGetPageProt(X, { pkey }))).toBe(raw);
});

it('a machine has protection keys and soft-dirty unless told otherwise', () => {
  expect(x86_64({ kernel: '7.3' })).toMatchObject({ pku: true, softDirty: true });
  const bare = x86_64({ kernel: '7.3', pku: false, softDirty: false });
  expect(bare).toMatchObject({ pku: false, softDirty: false });
});
