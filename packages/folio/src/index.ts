export {
  scriptedAllocator,
  sequentialAllocator,
  type FolioAllocator,
  type ScriptedAllocation,
} from './allocator.ts';
export { PageContents } from './contents.ts';
export { FOLIO_FLAG, type FolioFlag } from './folio-flags.ts';
export { Memmap } from './memmap.ts';
export { FrameStates, type FrameStatesView } from './frame-states.ts';
export { MmIdSlots, type FolioMappers } from './mm-ids.ts';
export { PAGE_KIND, type PageKind } from './page-kind.ts';
export {
  folioAddNewAnonRmap,
  folioAddNewAnonRmapPmd,
  folioAddRmapPmd,
  folioAddRmapPtes,
  folioRemoveRmapPmd,
  folioRemoveRmapPtes,
  folioTryDupAnonRmapPmd,
  folioTryDupAnonRmapPtes,
} from './rmap.ts';
export { MemSection, type MemSectionView } from './section.ts';
export { SparseArray } from './sparse-array.ts';
export type { Sections } from './mm-ids.ts';
