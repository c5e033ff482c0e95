import { expect, it } from 'vitest';
import { parseRawHex } from '../raw.ts';
import { arm64, type Arm64Options } from './arm64.ts';

/** Fields with a value or a note, as `name=value note`. */
function explain(raw: string, options: Partial<Arm64Options> = {}): string[] {
  const fields = arm64({ kernel: '7.3', ...options }).decode(parseRawHex(raw));
  return fields
    .filter(({ value, note }) => value !== 0n || note !== '')
    .map(({ name, value, note }) => `${name}=${value.toString(16)} ${note}`.trim());
}

it('a contiguous, writable, dirty entry', () => {
  expect(explain('0x00f8000012340f43')).toEqual([
    'DIRTY=1 software dirty',
    'UXN=1 not executable by user space',
    'PXN=1 not executable by the kernel',
    'CONT=1 part of a contiguous block',
    'WRITE=1 writable (DBM)',
    'OA=12340 pfn 0x12340',
    'NG=1 not global',
    'AF=1 accessed (young)',
    'SH=3 inner shareable',
    'RDONLY=0 dirtied (WRITE without RDONLY)',
    'USER=1 user access',
    'AttrIndx=0 normal',
    'TYPE=1 page',
    'VALID=1 hardware valid',
  ]);
});

it('a PROT_NONE entry', () => {
  expect(explain('0x0060000012340f82')).toEqual([
    'UXN=1 not executable by user space',
    'PXN=1 not executable by the kernel',
    'WRITE=0 not writable',
    'OA=12340 pfn 0x12340',
    'NG=1 present but invalid (PROT_NONE)',
    'AF=1 accessed (young)',
    'SH=3 inner shareable',
    'RDONLY=1 stores need DBM',
    'USER=0 no user access',
    'AttrIndx=0 normal',
    'TYPE=1 page',
    'VALID=0 not valid',
  ]);
});

it('keys, software bits, a global old entry and an unknown attribute', () => {
  expect(explain('0x7520000012340057')).toEqual(
    expect.arrayContaining([
      'POIndex=7 protection key 7',
      'UFFD_WP=1 userfaultfd write-protect',
      'SPECIAL=1 no struct page',
      'UXN=0 executable by user space',
      'NG=0 global',
      'AF=0 old',
      'AttrIndx=5',
    ]),
  );
});

it('a swap entry', () => {
  expect(explain('0x00000000012340c4')).toEqual([
    'offset=1234 0x1234',
    'type=3 swap',
    'EXCLUSIVE=1 exclusive to this address space',
    'type bits=0 not valid',
  ]);
});

it('a swap entry of device 0 has only an offset', () => {
  expect(explain('0x0000000000001000')).toEqual([
    'offset=1 0x1',
    'type=0 swap',
    'type bits=0 not valid',
  ]);
});

it('a migration entry is named after its type', () => {
  expect(explain('0x0000000012340640')).toContain('type=19 migration-read');
  expect(explain('0x0000000012340640', { kernel: '6.12' })).toContain(
    'type=19 migration-read-exclusive',
  );
});

it('an empty entry has no fields', () => {
  expect(explain('0x0')).toEqual([]);
});

it.each<[string, Partial<Arm64Options>, string, readonly string[]]>([
  [
    '4K LPA2: SH holds address bits',
    { pa52: true },
    '0x0060000012340ec3',
    ['OA=12340 pfn 0x8000012340', 'OA[51:50]=2'],
  ],
  ['16K', { granule: '16k' }, '0x0060000012344fc3', ['OA=48d1 pfn 0x48d1', 'SH=3 inner shareable']],
  ['64K', { granule: '64k' }, '0x0060000012340fc3', ['OA=1234 pfn 0x1234', 'SH=3 inner shareable']],
  [
    '64K LPA: bits 15:12 hold address bits and SH stays',
    { granule: '64k', pa52: true },
    '0x006000001234ffc3',
    ['OA=1234 pfn 0xf00001234', 'OA[51:48]=f', 'SH=3 inner shareable'],
  ],
])('%s', (_, options, raw, fields) => {
  expect(explain(raw, options)).toEqual(expect.arrayContaining([...fields]));
});

it('fields run from bit 63 down without overlap and cover every bit of the page offset', () => {
  for (const pa52 of [false, true]) {
    const fields = arm64({ kernel: '7.3', pa52 }).decode(parseRawHex('0x0060000012340fc3'));
    expect(fields[0]?.msb).toBe(63);
    expect(fields.at(-1)?.lsb).toBe(0);
    fields.slice(1).forEach((field, i) => {
      expect(field.msb).toBe((fields[i]?.lsb ?? 0) - 1);
    });
  }
});
