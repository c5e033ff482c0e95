import { FOLIO_FLAG, PAGE_KIND, type FolioFlag } from '@ptelab/folio';
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

/**
 * What /proc/kpageflags says of page frame `pfn`, as a number of up to 42 bits.
 *
 * @kernel fs/proc/page.c stable_page_flags
 */
export function stablePageFlags(system: System, pfn: number): number {
  const { memmap, lru } = system;
  let flags = 0;
  const set = (name: KpfName): void => {
    flags += 2 ** KPF[name];
  };
  const kind = memmap.pageKind(pfn);
  const head = memmap.folioHead(pfn);
  const large = memmap.folioOrder(pfn) > 0;
  if (large) set(pfn === head ? 'COMPOUND_HEAD' : 'COMPOUND_TAIL');
  if (large) set('THP');
  if (kind === PAGE_KIND.ZERO || kind === PAGE_KIND.HUGE_ZERO) {
    set('ZERO_PAGE');
    if (!large) set('RESERVED');
    return flags;
  }
  set('UPTODATE');
  if (memmap.folioMapcount(pfn) > 0) set('MMAP');
  if (memmap.isAnon(pfn)) {
    set('ANON');
    if (kind === PAGE_KIND.KSM || system.arch.features.anonShowsKsm) set('KSM');
    // PG_owner_2, of the head page: PageAnonExclusive.
    if (memmap.anonExclusive(head)) set('OWNER_2');
  }
  for (const [name, flag] of COPIED) if (memmap.folioTest(head, flag)) set(name);
  if (lru.isOnLru(head)) set('LRU');
  return flags;
}
