import type { Pte, PteTable } from '../table.ts';

/** How many pages a contiguous entry brings into the TLB: its whole block, or the one that was used. */
export type TlbPolicy = 'block' | 'page';

/** Which entry of a contiguous block hardware marks accessed or dirty. */
export type TlbLanding = 'target' | 'first' | 'last';

/** Choices of a {@link Tlb}. Real CPUs differ in all of them: a claim needs runs of each. */
export interface TlbOptions {
  readonly policy: TlbPolicy;
  /** With policy `block`. @defaultValue `'target'` */
  readonly landing?: TlbLanding;
}

/** Level of the tables that a translation comes from. */
export type TlbLevel = 'pte' | 'pmd';

/** One cached translation. */
export interface TlbEntry {
  /** First virtual page. */
  readonly vpn: number;
  /** Pages covered: 1, a contiguous block, or a huge mapping. */
  readonly pages: number;
  /** Frame of the first page. */
  readonly pfn: number;
  readonly level: TlbLevel;
  /** Loaded from a contiguous entry. */
  readonly cont: boolean;
  /** TLB_ masks: permissions, and whether the entry is known to be dirty. */
  attributes: number;
  /** When it was loaded: of two entries that cover a page the older one is used. */
  readonly loadedAt: number;
  /** Kinds of findings that this entry has caused already. */
  reported: number;
}

/** A huge mapping as a walk meets it. */
export interface HugeLeaf {
  readonly entry: Pte;
  /** Virtual page of the first base page. */
  readonly base: number;
}

/** The page tables that a TLB walks. */
export interface TlbPageTables {
  /** What the PMD of page `vpn` holds. */
  pmd(vpn: number): PteTable | HugeLeaf | undefined;
  /** Gathers in flight. While there is one, the pages it gave up may still be cached. */
  readonly tlbFlushPending: number;
}
