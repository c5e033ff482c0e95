import { KPF, type KpfName } from '@ptelab/mm';
import type { KernelFeatures } from '@ptelab/pte';

/** Sorts of pages that /proc/kpageflags shows, as far as claims differ between them. */
export type PageSort =
  'anonymous' | 'large anonymous' | 'shmem' | 'large shmem' | 'file' | 'large file' | 'zero page';

const LARGE: readonly PageSort[] = ['large anonymous', 'large shmem', 'large file'];
const ANONYMOUS: readonly PageSort[] = ['anonymous', 'large anonymous'];
const SHMEM: readonly PageSort[] = ['shmem', 'large shmem'];
const FILE: readonly PageSort[] = ['file', 'large file'];
const FOLIOS: readonly PageSort[] = [...ANONYMOUS, ...SHMEM, ...FILE];
const ALL: readonly PageSort[] = [...FOLIOS, 'zero page'];

/** Bits of /proc/kpageflags that the model answers for some sorts of pages, on some releases. */
export interface PageFlagClaim {
  readonly bits: readonly KpfName[];
  readonly pages: readonly PageSort[];
  /** Releases on which the claim holds. @defaultValue all */
  readonly where?: (features: KernelFeatures) => boolean;
  /** True for a claim about the multi-generational LRU: it is not made without. */
  readonly multiGen?: boolean;
  /** Why the model knows the bits. */
  readonly why: string;
}

/** Every claim. What is not in it is not compared; the README says why. */
export const PAGE_FLAG_CLAIMS: readonly PageFlagClaim[] = [
  {
    bits: ['BUDDY', 'HUGE', 'HWPOISON', 'NOPAGE', 'OFFLINE', 'PGTABLE', 'SLAB'],
    pages: ALL,
    why: 'user memory of a story is none of these',
  },
  {
    bits: ['COMPOUND_HEAD', 'COMPOUND_TAIL', 'THP', 'ZERO_PAGE', 'RESERVED'],
    pages: ALL,
    why: 'order and kind of the folio; heads and tails show the order',
  },
  { bits: ['MMAP', 'UPTODATE'], pages: ALL, why: 'folios are mapped once their data is there' },
  {
    bits: ['ANON', 'KSM'],
    pages: ALL,
    why: 'kind of the folio; 6.12 calls all anonymous pages KSM (feature anonShowsKsm)',
  },
  {
    bits: ['SWAPBACKED'],
    pages: ALL,
    why: 'anonymous and shmem pages are, until MADV_FREE is through with them',
  },
  {
    bits: ['DIRTY'],
    pages: ALL,
    why: 'writes to files, split huge mappings, KSM, swap-in (feature swapinDirties), fsync',
  },
  {
    bits: ['REFERENCED'],
    pages: [...ANONYMOUS, ...SHMEM],
    why: 'faults (feature faultReferences), populating, zapping, write(2), clear_refs, MADV_COLD',
  },
  {
    bits: ['MLOCKED', 'UNEVICTABLE'],
    pages: ALL,
    why: 'mlock: a large folio only as a whole',
  },
  {
    bits: ['LRU'],
    pages: LARGE,
    why: 'large folios do not wait in a batch of the CPU',
  },
  {
    bits: ['ACTIVE'],
    pages: LARGE,
    why: 'with the multi-generational LRU only folios in a batch are active; without, a second use',
  },
  {
    bits: ['ACTIVE'],
    pages: ALL,
    where: (features) => features.faultReferences,
    multiGen: true,
    why: 'faults no longer mark folios active',
  },
  {
    bits: ['OWNER_2'],
    pages: [...ANONYMOUS, ...SHMEM],
    why: 'PageAnonExclusive of the head page',
  },
  { bits: ['PRIVATE'], pages: ALL, why: 'ext4 keeps buffer heads at pages that were written' },
  {
    bits: ['ARCH'],
    pages: ALL,
    why: 'PG_dcache_clean: arm64 sets it when an executable entry is stored; x86 never',
  },
];

/** Bits to compare, in two words. */
interface BitMask {
  low: number;
  high: number;
}

/** Bits to compare of each sort of page. */
export type ClaimedBits = Readonly<Record<PageSort, Readonly<BitMask>>>;

function maskOf(sort: PageSort, features: KernelFeatures, lruGen: boolean): BitMask {
  const mask = { low: 0, high: 0 };
  for (const { bits, pages, where, multiGen = false } of PAGE_FLAG_CLAIMS) {
    if (!pages.includes(sort) || where?.(features) === false || (multiGen && !lruGen)) continue;
    for (const name of bits) {
      const bit = KPF[name];
      if (bit < 32) mask.low |= 1 << bit;
      else mask.high |= 1 << (bit - 32);
    }
  }
  return mask;
}

/**
 * The claims of a kernel, by sort of page.
 *
 * @param lruGen - whether it has the multi-generational LRU.
 */
export function claimedBits(features: KernelFeatures, lruGen: boolean): ClaimedBits {
  const entries = ALL.map((sort) => [sort, maskOf(sort, features, lruGen)] as const);
  return Object.fromEntries(entries) as Record<PageSort, BitMask>;
}
