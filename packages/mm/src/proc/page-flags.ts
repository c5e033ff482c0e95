import { FOLIO_FLAG, PAGE_KIND, type FolioFlag, type PageKind } from '@ptelab/folio';
import type { System } from '../system.ts';

/** Bits of /proc/kpageflags that the model can answer, by their names without KPF_. */
export const KPF = {
  REFERENCED: 2,
  UPTODATE: 3,
  DIRTY: 4,
  LRU: 5,
  ACTIVE: 6,
  SLAB: 7,
  BUDDY: 10,
  MMAP: 11,
  ANON: 12,
  SWAPBACKED: 14,
  COMPOUND_HEAD: 15,
  COMPOUND_TAIL: 16,
  HUGE: 17,
  UNEVICTABLE: 18,
  HWPOISON: 19,
  NOPAGE: 20,
  KSM: 21,
  THP: 22,
  OFFLINE: 23,
  ZERO_PAGE: 24,
  PGTABLE: 26,
  RESERVED: 32,
  MLOCKED: 33,
  OWNER_2: 34,
  PRIVATE: 35,
  ARCH: 38,
} as const;

/** Name of a bit of /proc/kpageflags. */
export type KpfName = keyof typeof KPF;

/** The flags of the folio that are shown as they are. */
const COPIED: readonly (readonly [KpfName, FolioFlag])[] = [
  ['REFERENCED', FOLIO_FLAG.REFERENCED],
  ['DIRTY', FOLIO_FLAG.DIRTY],
  ['ACTIVE', FOLIO_FLAG.ACTIVE],
  ['SWAPBACKED', FOLIO_FLAG.SWAPBACKED],
  ['PRIVATE', FOLIO_FLAG.PRIVATE],
  ['MLOCKED', FOLIO_FLAG.MLOCKED],
  ['UNEVICTABLE', FOLIO_FLAG.UNEVICTABLE],
  ['ARCH', FOLIO_FLAG.DCACHE_CLEAN],
];

function bit(name: KpfName): number {
  return 2 ** KPF[name];
}

/** What each sum of folio flags shows as; the index is the sum. */
const SHOWN: readonly number[] = Array.from({ length: 256 }, (_, flags) =>
  COPIED.reduce((sum, [name, flag]) => ((flags & flag) === 0 ? sum : sum + bit(name)), 0),
);

const HEAD = bit('COMPOUND_HEAD') + bit('THP');
const TAIL = bit('COMPOUND_TAIL') + bit('THP');
const ZERO = bit('ZERO_PAGE');
const RESERVED = bit('RESERVED');
const UPTODATE = bit('UPTODATE');
const MMAP = bit('MMAP');
const ANON = bit('ANON');
const KSM = bit('KSM');
const OWNER_2 = bit('OWNER_2');
const LRU = bit('LRU');

function anonymousFlags({ arch, memmap }: System, kind: PageKind, head: number): number {
  const ksm = kind === PAGE_KIND.KSM || arch.features.anonShowsKsm ? KSM : 0;
  // PG_owner_2, of the head page, is PageAnonExclusive.
  return ANON + ksm + (memmap.anonExclusive(head) ? OWNER_2 : 0);
}

/**
 * What /proc/kpageflags says of page frame `pfn`, as a number of up to 42 bits.
 *
 * @kernel fs/proc/page.c stable_page_flags
 */
export function stablePageFlags(system: System, pfn: number): number {
  const { memmap, lru } = system;
  const kind = memmap.pageKind(pfn);
  const head = memmap.folioHead(pfn);
  const large = memmap.folioOrder(pfn) > 0;
  const layout = large ? (pfn === head ? HEAD : TAIL) : 0;
  if (kind === PAGE_KIND.ZERO || kind === PAGE_KIND.HUGE_ZERO) {
    return layout + ZERO + (large ? 0 : RESERVED);
  }
  const anonymous = memmap.isAnon(pfn) ? anonymousFlags(system, kind, head) : 0;
  const mapped = memmap.folioMapcount(head) > 0 ? MMAP : 0;
  const listed = lru.isOnLru(head) ? LRU : 0;
  return layout + UPTODATE + mapped + anonymous + listed + (SHOWN[memmap.folioFlags(head)] ?? 0);
}
