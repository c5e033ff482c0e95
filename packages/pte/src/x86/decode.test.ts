import { expect, it } from 'vitest';
import { parseRawHex } from '../raw.ts';
import { x86_64 } from './x86.ts';

/** Fields with a value or a note, as `name=value note`. */
function explain(raw: string): string[] {
  const fields = x86_64({ kernel: '7.3' }).decode(parseRawHex(raw));
  return fields
    .filter(({ value, note }) => value !== 0n || note !== '')
    .map(({ name, value, note }) => `${name}=${value.toString(16)} ${note}`.trim());
}

it('a writable, dirty entry', () => {
  expect(explain('0x8000000012340067')).toEqual([
    'NX=1 not executable',
    'PFN=12340 pfn 0x12340',
    'DIRTY=1 dirty',
    'ACCESSED=1 accessed (young)',
    'USER=1 user access',
    'RW=1 writable',
    'PRESENT=1 hardware present',
  ]);
});

it('a PROT_NONE entry, whose frame is complemented', () => {
  expect(explain('0x040fffffedcbf120')).toEqual([
    'NX=0 executable',
    'SAVED_DIRTY=1 dirty, kept while not writable',
    'PFN=fffffedcbf pfn 0x12340, stored complemented (L1TF)',
    'PROTNONE=1 present for software only',
    'ACCESSED=1 accessed (young)',
    'USER=0 no user access',
    'RW=0 not writable',
    'PRESENT=0 not present for hardware',
  ]);
});

it('software bits, cache bits, a key and a global old entry', () => {
  expect(explain('0x0a00000012340f9d')).toEqual([
    'NX=0 executable',
    'PKEY=1 protection key 1',
    'SOFTW4=1 software; DEVMAP up to 6.16',
    'PFN=12340 pfn 0x12340',
    'SOFT_DIRTY=1 soft-dirty',
    'UFFD_WP=1 userfaultfd write-protect',
    'SPECIAL=1 no struct page',
    'GLOBAL=1 global',
    'PAT=1 PAT (4K) or page size (2M, 1G)',
    'ACCESSED=0 old',
    'PCD=1 cache disabled',
    'PWT=1 write-through',
    'USER=1 user access',
    'RW=0 not writable',
    'PRESENT=1 hardware present',
  ]);
});

it('a migration entry', () => {
  expect(explain('0xcffffffffdb97e00')).toEqual([
    'type=19 migration-read',
    'offset=3fffffffedcbf 0x12340, stored complemented (L1TF)',
    'PRESENT=0 not present',
  ]);
});

it('a swap entry with its markers', () => {
  expect(explain('0x1fffffffffdb960e')).toEqual([
    'type=3 swap',
    'offset=3ffffffffedcb 0x1234, stored complemented (L1TF)',
    'EXCLUSIVE=1 exclusive to this address space',
    'UFFD_WP=1 userfaultfd write-protect',
    'SOFT_DIRTY=1 soft-dirty',
    'PRESENT=0 not present',
  ]);
});

it('an empty entry has no fields, even if an erratum set accessed and dirty in it', () => {
  expect(explain('0x0')).toEqual([]);
  expect(explain('0x60')).toEqual([]);
});

it('fields run from bit 63 to bit 0 without a gap', () => {
  const fields = x86_64({ kernel: '7.3' }).decode(parseRawHex('0x1'));
  expect([fields[0]?.msb, fields.at(-1)?.lsb]).toEqual([63, 0]);
  fields.slice(1).forEach((field, i) => {
    expect(field.msb).toBe((fields[i]?.lsb ?? 0) - 1);
  });
});
