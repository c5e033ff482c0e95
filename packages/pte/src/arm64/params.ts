import type { KernelFeatures } from '../features.ts';

/** Translation granules of arm64. */
export type Arm64Granule = '4k' | '16k' | '64k';

/** Geometry of a granule. */
export interface Arm64Geometry {
  /** log2 of the page size. */
  readonly pageShift: number;
  /** Entries in a contiguous block (CONT_PTES). */
  readonly contPtes: number;
  /** Entries in a leaf table; also the limit of single TLBIs per flush (MAX_DVM_OPS). */
  readonly ptesPerTable: number;
  /** Step of the pfn word from one page to the next: it counts 4K frames. */
  readonly pfnStep: number;
}

/** @manual ARM DDI 0487 D8.6.1, contiguous block sizes; arch/arm64/include/asm/pgtable-hwdef.h */
export const ARM64_GEOMETRY: Readonly<Record<Arm64Granule, Arm64Geometry>> = {
  '4k': { pageShift: 12, contPtes: 16, ptesPerTable: 512, pfnStep: 1 },
  '16k': { pageShift: 14, contPtes: 128, ptesPerTable: 2048, pfnStep: 4 },
  '64k': { pageShift: 16, contPtes: 32, ptesPerTable: 8192, pfnStep: 16 },
};

/** What the CPU brings, as far as page-table code and TLB maintenance look at it. */
export interface Arm64Cpu {
  /** FEAT_TLBIRANGE: one instruction may invalidate a range. */
  readonly tlbiRange: boolean;
  /** BBML2_NOABORT or BBML3: contiguous bits may change without break-before-make. */
  readonly bbml2: boolean;
  /** FEAT_HAFDBS: hardware sets the access flag and dirty state. */
  readonly hwAfDbm: boolean;
  /** REPEAT_TLBI erratum workaround (Neoverse N1 among others): one more TLBI and DSB per sync. */
  readonly repeatTlbi: boolean;
  /** Kernel unmapped at EL0: every TLBI is issued twice. */
  readonly kpti: boolean;
  /** FEAT_PAN3: execute-only mappings. */
  readonly epan: boolean;
  /** Erratum 2645198: executable entries are flushed before their permissions change. */
  readonly erratum2645198: boolean;
}

/** Everything the arm64 operations need to know, in one record. */
export interface Arm64Params extends Arm64Geometry, Arm64Cpu {
  readonly features: KernelFeatures;
  /** 52-bit output addresses: LPA2 with 4K and 16K, LPA with 64K. */
  readonly pa52: boolean;
  readonly granule: Arm64Granule;
}
