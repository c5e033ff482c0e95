import type { FolioAllocator, Memmap } from '@ptelab/folio';
import type { Arch, TlbOptions } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';
import type { BackedFile } from './file/backed-file.ts';
import type { LeafSharing } from './leaf/leaf-sharing.ts';
import type { LruBatches } from './lru-batches.ts';
import type { NumaSettings } from './numa/settings.ts';
import type { SwapArea } from './swap/swap-area.ts';
import type { ThpSettings } from './thp.ts';

/** Largest number of VMAs of an address space (`vm.max_map_count`). */
export const DEFAULT_MAX_MAP_COUNT = 65530;

/** The machine that address spaces run on: architecture, memory and settings. */
export interface System {
  readonly arch: Arch;
  readonly memmap: Memmap;
  readonly allocator: FolioAllocator;
  readonly thp: ThpSettings;
  /** Folio sizes of shared anonymous memory: hugepages-*kB/shmem_enabled. */
  readonly shmemThp: ThpSettings;
  /** Address spaces that are alive. */
  readonly spaces: Set<AddressSpace>;
  /** Where anonymous pages go under pressure. */
  readonly swap: SwapArea;
  /** Head frames of the folios that are migrating, with the file that each belongs to, if any. */
  readonly migrating: Map<number, BackedFile | null>;
  /** Folios between the lists of reclaim. */
  readonly lru: LruBatches;
  /** Lets leaf tables in the same state share it. */
  readonly leafSharing: LeafSharing;
  /** Memory nodes, and how NUMA balancing treats them. */
  readonly numa: NumaSettings;
  /** Page frame of the shared zero page. */
  readonly zeroPfn: number;
  /** Head frame of the shared huge zero page. */
  readonly hugeZeroPfn: number;
  /** What kind of TLB every address space gets, or null for none: then nothing can be stale. */
  readonly tlb: TlbOptions | null;
  /** See {@link DEFAULT_MAX_MAP_COUNT}. */
  readonly maxMapCount: number;
  /** Returns a number that was not returned before: ids of address spaces and anon_vmas. */
  nextId(): number;
}
