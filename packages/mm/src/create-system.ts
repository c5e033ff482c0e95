import { Memmap, PAGE_KIND, sequentialAllocator, type FolioAllocator } from '@ptelab/folio';
import type { Arch, TlbLanding, TlbOptions, TlbPolicy } from '@ptelab/pte';
import { LeafSharing } from './leaf/leaf-sharing.ts';
import { LruBatches } from './lru-batches.ts';
import { NumaSettings } from './numa/settings.ts';
import { DEFAULT_MAX_MAP_COUNT, type System } from './system.ts';
import { SwapArea } from './swap/swap-area.ts';
import { ThpSettings } from './thp.ts';

const ZERO_PFN = 1;

/** Choices of {@link createSystem}. */
export interface SystemOptions {
  /** Where folios come from. @defaultValue `sequentialAllocator()` */
  readonly allocator?: FolioAllocator;
  /** Limit of VMAs per address space. @defaultValue 65530 */
  readonly maxMapCount?: number;
  /** Page frame of the zero page, to repeat that of a real machine. @defaultValue 1 */
  readonly zeroPfn?: number;
  /**
   * Gives every address space a TLB that can be stale, and says how contiguous entries get into it.
   * Absent: accesses always see the page tables.
   */
  readonly tlb?: TlbPolicy;
  /** Which entry of a contiguous block the TLB marks accessed and dirty. @defaultValue `'target'` */
  readonly tlbLanding?: TlbLanding;
  /** The kernel has the multi-generational LRU (CONFIG_LRU_GEN_ENABLED). @defaultValue true */
  readonly lruGen?: boolean;
  /**
   * Leaf tables in the same state share it, and what a protection change does to one it does to all of
   * them at once. Same states, same counters, same flushes. Off for who wants to see every step of a
   * strategy.
   *
   * @defaultValue true
   */
  readonly shareLeafTables?: boolean;
}

function tlbOptions({ tlb, tlbLanding }: SystemOptions): TlbOptions | null {
  return tlb === undefined ? null : { policy: tlb, landing: tlbLanding ?? 'target' };
}

/** Makes a machine with empty memory, no mTHP size enabled and the zero pages in place. */
export function createSystem(arch: Arch, options: SystemOptions = {}): System {
  const pmdPages = arch.ptesPerTable;
  const memmap = new Memmap(pmdPages);
  const zeroPfn = options.zeroPfn ?? ZERO_PFN;
  memmap.initFolio(zeroPfn, 0, PAGE_KIND.ZERO);
  memmap.initFolio(pmdPages, Math.log2(pmdPages), PAGE_KIND.HUGE_ZERO);
  const tlb = tlbOptions(options);
  let id = 0;
  const system: System = {
    arch,
    memmap,
    allocator: options.allocator ?? sequentialAllocator(),
    thp: new ThpSettings(arch),
    shmemThp: new ThpSettings(arch),
    spaces: new Set(),
    swap: new SwapArea(),
    migrating: new Map(),
    lru: new LruBatches(memmap, arch.features, options.lruGen ?? true),
    leafSharing: new LeafSharing(options.shareLeafTables ?? true),
    numa: new NumaSettings(),
    zeroPfn,
    hugeZeroPfn: pmdPages,
    tlb,
    maxMapCount: options.maxMapCount ?? DEFAULT_MAX_MAP_COUNT,
    nextId: () => ++id,
  };
  if (tlb !== null) {
    memmap.onFree = (head, nr): void => {
      for (const mm of system.spaces) mm.tlb?.frameFreed(head, nr);
    };
  }
  return system;
}
