import type { DecodedField } from '../arch.ts';
import { flagField, readFields, type FieldSpec } from '../decode.ts';
import type { NonPresentEntry } from '../non-present.ts';
import type { Pte } from '../table.ts';
import { arm64PtePfn } from './address.ts';
import { ptePresent } from './entry.ts';
import type { Arm64Params } from './params.ts';

const ATTRIBUTES = [
  'normal',
  'normal tagged',
  'normal non-cacheable',
  'device nGnRnE',
  'device nGnRE',
];

const UPPER: readonly FieldSpec[] = [
  flagField(63, 'SW63', 'software'),
  { msb: 62, lsb: 60, name: 'POIndex', note: (v) => (v === 0n ? '' : `protection key ${v}`) },
  flagField(59, 'bit59', 'AttrIndx[3] with FEAT_AIE'),
  flagField(58, 'UFFD_WP', 'userfaultfd write-protect'),
  flagField(57, 'SW57', 'DEVMAP up to 6.16'),
  flagField(56, 'SPECIAL', 'no struct page'),
  flagField(55, 'DIRTY', 'software dirty'),
  flagField(54, 'UXN', 'not executable by user space', 'executable by user space'),
  flagField(53, 'PXN', 'not executable by the kernel'),
  flagField(52, 'CONT', 'part of a contiguous block'),
  flagField(51, 'WRITE', 'writable (DBM)', 'not writable'),
  flagField(50, 'GP', 'guarded page (BTI)'),
];

const LOWER: readonly FieldSpec[] = [
  {
    msb: 11,
    lsb: 11,
    name: 'NG',
    note: (v, raw) =>
      v === 0n ? 'global' : (raw & 1n) === 0n ? 'present but invalid (PROT_NONE)' : 'not global',
  },
  flagField(10, 'AF', 'accessed (young)', 'old'),
  { msb: 9, lsb: 8, name: 'SH', note: (v) => (v === 3n ? 'inner shareable' : '') },
  {
    msb: 7,
    lsb: 7,
    name: 'RDONLY',
    note: (v, raw) =>
      v === 1n
        ? 'stores need DBM'
        : ((raw >> 51n) & 1n) === 1n
          ? 'dirtied (WRITE without RDONLY)'
          : '',
  },
  flagField(6, 'USER', 'user access', 'no user access'),
  flagField(5, 'NS', ''),
  { msb: 4, lsb: 2, name: 'AttrIndx', note: (v) => ATTRIBUTES[Number(v)] ?? '' },
  flagField(1, 'TYPE', 'page'),
  flagField(0, 'VALID', 'hardware valid', 'not valid'),
];

function lowerWithAddress(p: Arm64Params): readonly FieldSpec[] {
  if (p.granule === '64k')
    return [{ msb: 15, lsb: 12, name: 'OA[51:48]', note: () => '' }, ...LOWER];
  return LOWER.map((f) => (f.name === 'SH' ? { ...f, name: 'OA[51:50]', note: () => '' } : f));
}

/**
 * Explains a present entry. With 52-bit addresses its top bits lie in SH (LPA2) or, with the 64K
 * granule, in bits 15:12 (LPA), where SH stays.
 */
function decodePresent(p: Arm64Params, pte: Readonly<Pte>): DecodedField[] {
  const pfn = arm64PtePfn(p, pte);
  const address: FieldSpec = {
    msb: 49,
    lsb: p.pageShift,
    name: 'OA',
    note: () => `pfn 0x${pfn.toString(16)}`,
  };
  return readFields(pte, [...UPPER, address, ...(p.pa52 ? lowerWithAddress(p) : LOWER)]);
}

/** Explains a non-present entry. */
function decodeAbsent(pte: Readonly<Pte>, entry: NonPresentEntry): DecodedField[] {
  return readFields(pte, [
    { msb: 61, lsb: 12, name: 'offset', note: (v) => `0x${v.toString(16)}` },
    flagField(11, 'PRESENT_INVALID', 'present'),
    { msb: 10, lsb: 6, name: 'type', note: () => entry.kind },
    flagField(3, 'UFFD_WP', 'userfaultfd write-protect'),
    flagField(2, 'EXCLUSIVE', 'exclusive to this address space'),
    { msb: 1, lsb: 0, name: 'type bits', note: () => 'not valid' },
  ]);
}

/** Explains any entry. */
export function decodeArm64(
  p: Arm64Params,
  pte: Readonly<Pte>,
  nonPresent: (pte: Readonly<Pte>) => NonPresentEntry,
): DecodedField[] {
  if (ptePresent(pte.bits)) return decodePresent(p, pte);
  if (pte.bits === 0 && pte.pfn === 0) return [];
  return decodeAbsent(pte, nonPresent(pte));
}
