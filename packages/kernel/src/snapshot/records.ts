import type { HostFacts } from '../proc/host.ts';
import type { SmapsSums } from '../proc/smaps.ts';

/** What pages of a run hold. */
export const RUN_KINDS = [
  'anon',
  'file',
  'ksm',
  'zero',
  'hugetlb',
  'device',
  'swap',
  'unknown',
] as const;

/** One of {@link RUN_KINDS}: `device` has no struct page, `unknown` hides its frame. */
export type RunKind = (typeof RUN_KINDS)[number];

/** Pages that follow each other in virtual and in physical memory and have flags and folio size in common. */
export interface PageRun {
  /** First virtual page. */
  readonly vpn: number;
  readonly pages: number;
  /** First page frame; null where there is none or where the kernel hides it. */
  readonly pfn: number | null;
  /** log2 of the pages of each folio; folios begin where the frame number is a multiple of their size. */
  readonly order: number | null;
  /** Entries that map a page, in all processes: the page with fewest. */
  readonly mapcount: number | null;
  /** As `mapcount`: the page with most. */
  readonly mapcountMax: number | null;
  readonly kind: RunKind;
  /** Sum of bits of /proc/kpageflags, as far as a snapshot keeps them. */
  readonly pageFlags: number | null;
  /** Bits 55 to 63 of /proc/PID/pagemap, moved to 0 to 8. */
  readonly pagemapFlags: number;
}

/** A VMA of a process. Units are pages. */
export interface SnapshotVma {
  readonly pid: number;
  readonly comm: string;
  readonly start: number;
  readonly end: number;
  readonly perms: string;
  readonly offset: number;
  /** Null if it was taken out. */
  readonly inode: number | null;
  readonly path: string;
  /** Null if smaps could not be read. */
  readonly sums: Readonly<SmapsSums> | null;
}

/** A VMA, or a run of the VMA before it. */
export type SnapshotRecord =
  | { readonly row: 'vma'; readonly vma: SnapshotVma }
  | { readonly row: 'pages'; readonly run: PageRun };

/** How the reading of a process went. */
export interface ProcessSummary {
  readonly pid: number;
  readonly comm: string;
  readonly vmas: number;
  /** VMAs that were not the same any more once all had been read. */
  readonly changedVmas: number;
  /** The process ended, or became another program, while it was read. */
  readonly gone: boolean;
}

/** Version of the columns and of what is said about the file. */
export const SNAPSHOT_VERSION = 1;

/** Name of what a snapshot says about itself in the file's metadata. */
export const INFO_KEY = 'ptelab.snapshot';

/** What a snapshot says about itself. */
export interface SnapshotInfo extends HostFacts {
  readonly version: typeof SNAPSHOT_VERSION;
  /** When the capture began, as ISO 8601. */
  readonly time: string;
  /** Names were replaced: see `anonymise.ts`. */
  readonly anonymised: boolean;
  /** What the kernel did not show, one sentence each. */
  readonly lacks: readonly string[];
  readonly processes: readonly ProcessSummary[];
}

/** A snapshot to be read once, from a file or straight from /proc. */
export interface SnapshotSource {
  /** Known from the start. */
  readonly host: HostFacts;
  readonly records: AsyncIterable<SnapshotRecord> | Iterable<SnapshotRecord>;
}

/** Bits of {@link PageRun.pagemapFlags}. */
export const PAGEMAP_FLAG = {
  SOFT_DIRTY: 1,
  EXCLUSIVE: 2,
  UFFD_WP: 4,
  GUARD: 8,
  FILE: 64,
  SWAP: 128,
  PRESENT: 256,
} as const;
