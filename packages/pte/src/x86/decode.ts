import type { DecodedField } from '../arch.ts';
import { flagField, readFields, type FieldSpec } from '../decode.ts';
import type { NonPresentEntry } from '../non-present.ts';
import type { Pte } from '../table.ts';
import { pteNone, ptePfn, ptePresent } from './entry.ts';

function presentFields(pte: Readonly<Pte>): readonly FieldSpec[] {
  const hardware = (pte.bits & 1) !== 0;
  const pfn = `pfn 0x${ptePfn(pte).toString(16)}`;
  return [
    flagField(63, 'NX', 'not executable', 'executable'),
    { msb: 62, lsb: 59, name: 'PKEY', note: (v) => (v === 0n ? '' : `protection key ${v}`) },
    flagField(58, 'SAVED_DIRTY', 'dirty, kept while not writable'),
    flagField(57, 'SOFTW4', 'software; DEVMAP up to 6.16'),
    { msb: 56, lsb: 52, name: 'ignored', note: () => '' },
    {
      msb: 51,
      lsb: 12,
      name: 'PFN',
      note: () => (hardware ? pfn : `${pfn}, stored complemented (L1TF)`),
    },
    flagField(11, 'SOFT_DIRTY', 'soft-dirty'),
    flagField(10, 'UFFD_WP', 'userfaultfd write-protect'),
    flagField(9, 'SPECIAL', 'no struct page'),
    flagField(
      8,
      hardware ? 'GLOBAL' : 'PROTNONE',
      hardware ? 'global' : 'present for software only',
    ),
    flagField(7, 'PAT', 'PAT (4K) or page size (2M, 1G)'),
    flagField(6, 'DIRTY', 'dirty'),
    flagField(5, 'ACCESSED', 'accessed (young)', 'old'),
    flagField(4, 'PCD', 'cache disabled'),
    flagField(3, 'PWT', 'write-through'),
    flagField(2, 'USER', 'user access', 'no user access'),
    flagField(1, 'RW', 'writable', 'not writable'),
    flagField(0, 'PRESENT', 'hardware present', 'not present for hardware'),
  ];
}

/** Explains any entry. */
export function decodeX86(
  pte: Readonly<Pte>,
  nonPresent: (pte: Readonly<Pte>) => NonPresentEntry,
): DecodedField[] {
  if (ptePresent(pte.bits)) return readFields(pte, presentFields(pte));
  if (pteNone(pte)) return [];
  const entry = nonPresent(pte);
  return readFields(pte, [
    { msb: 63, lsb: 59, name: 'type', note: () => entry.kind },
    {
      msb: 58,
      lsb: 9,
      name: 'offset',
      note: () => `0x${entry.offset.toString(16)}, stored complemented (L1TF)`,
    },
    flagField(8, 'PROTNONE', 'present'),
    flagField(3, 'EXCLUSIVE', 'exclusive to this address space'),
    flagField(2, 'UFFD_WP', 'userfaultfd write-protect'),
    flagField(1, 'SOFT_DIRTY', 'soft-dirty'),
    flagField(0, 'PRESENT', 'present', 'not present'),
  ]);
}
