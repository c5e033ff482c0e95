/** Kinds of non-present entries. The kernel's names, hyphenated. */
export type NonPresentKind =
  | 'swap'
  | 'hwpoison'
  | 'migration-read'
  | 'migration-read-exclusive'
  | 'migration-write'
  | 'device-private-write'
  | 'device-private-read'
  | 'device-exclusive'
  | 'device-exclusive-write'
  | 'device-exclusive-read'
  | 'marker';

/** Marker bits in the offset of a `marker` entry. */
export const MARKER_UFFD_WP = 1;
/** A poisoned page: access raises SIGBUS. See {@link MARKER_UFFD_WP}. */
export const MARKER_POISONED = 2;
/** A guard region page: access raises SIGSEGV. See {@link MARKER_UFFD_WP}. */
export const MARKER_GUARD = 4;

/** A non-present page-table entry, taken apart. */
export interface NonPresentEntry {
  readonly kind: NonPresentKind;
  /** Swap device number for `swap`, otherwise the type number of the kind. */
  readonly type: number;
  /** Swap slot, page frame (with accessed and dirty above it) or marker bits; up to 50 bits. */
  readonly offset: number;
  /** Soft-dirty bit of the entry (x86 only). */
  readonly softDirty: boolean;
  /** Userfaultfd write-protect bit of the entry. */
  readonly uffdWp: boolean;
  /** Swap entries: the page was exclusive to this address space. */
  readonly exclusive: boolean;
}

const MARKER_TYPE = 31;
const MIGRATION_TYPES = 3;
const DEVICE_KINDS: Readonly<Record<3 | 4, readonly NonPresentKind[]>> = {
  3: ['device-private-write', 'device-private-read', 'device-exclusive'],
  4: [
    'device-private-write',
    'device-private-read',
    'device-exclusive-write',
    'device-exclusive-read',
  ],
};
const MIGRATION_KINDS: readonly NonPresentKind[] = [
  'migration-read',
  'migration-read-exclusive',
  'migration-write',
];

/** Numbering of the 32 swap types in a kernel with every option on. */
export interface SwapTypes {
  /** Number of types left for real swap devices (MAX_SWAPFILES). */
  readonly maxSwapfiles: number;
  /** What type number `type` stands for. */
  kindOf(type: number): NonPresentKind;
  /** Type number of `kind`; `swap` gives device 0. */
  typeOf(kind: NonPresentKind): number;
}

/**
 * Numbers the swap types: devices first, then hwpoison, migration, device memory, marker.
 *
 * @kernel include/linux/swap.h MAX_SWAPFILES (6.12: 23 with four device types; 6.15 on: 24 with three)
 */
export function swapTypes(deviceTypes: 3 | 4): SwapTypes {
  const kinds: NonPresentKind[] = [
    'hwpoison',
    ...MIGRATION_KINDS,
    ...DEVICE_KINDS[deviceTypes],
    'marker',
  ];
  const maxSwapfiles = MARKER_TYPE - deviceTypes - MIGRATION_TYPES - 1;
  return {
    maxSwapfiles,
    kindOf: (type) => kinds[type - maxSwapfiles] ?? 'swap',
    typeOf(kind) {
      if (kind === 'swap') return 0;
      const at = kinds.indexOf(kind);
      if (at < 0) throw new RangeError(`this kernel has no non-present entry of kind ${kind}`);
      return maxSwapfiles + at;
    },
  };
}

/**
 * A marker: an entry that maps nothing and carries only the given MARKER bits.
 *
 * @kernel include/linux/swapops.h make_pte_marker
 */
export function markerEntry(bits: number): NonPresentEntry {
  return {
    kind: 'marker',
    type: 0,
    offset: bits,
    softDirty: false,
    uffdWp: false,
    exclusive: false,
  };
}

/** Where the pieces of a migration entry's offset lie. */
export interface MigrationOffset {
  readonly pfn: number;
  readonly young: boolean;
  readonly dirty: boolean;
}

/**
 * Takes the offset of a migration entry apart: page frame, then accessed, then dirty.
 *
 * @param pfnBits - SWP_PFN_BITS of the architecture: physical address bits minus the page shift.
 */
export function splitMigrationOffset(offset: number, pfnBits: number): MigrationOffset {
  const young = 2 ** pfnBits;
  return {
    pfn: offset % young,
    young: Math.floor(offset / young) % 2 === 1,
    dirty: Math.floor(offset / (2 * young)) % 2 === 1,
  };
}

/** Puts a migration offset together; the reverse of {@link splitMigrationOffset}. */
export function joinMigrationOffset(parts: MigrationOffset, pfnBits: number): number {
  const young = 2 ** pfnBits;
  return parts.pfn + (parts.young ? young : 0) + (parts.dirty ? 2 * young : 0);
}
