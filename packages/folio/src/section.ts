import type { FrameStates, FrameStatesView } from './frame-states.ts';

/** A section that may share its states with others: only to look at. */
export interface MemSectionView {
  /** First page frame of the section. */
  readonly base: number;
  /** What its frames are in; the same object for all sections that share it. */
  readonly frames: FrameStatesView;
}

/** One section of physical memory: as many page frames as a leaf table has entries. */
export class MemSection implements MemSectionView {
  readonly base: number;
  frames: FrameStates;
  /** Others have the same {@link MemSection.frames}: to be copied before a change. */
  shared = false;

  constructor(base: number, frames: FrameStates) {
    this.base = base;
    this.frames = frames;
  }
}
