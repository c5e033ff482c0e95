import type { LeafState } from './leaf-state.ts';

/** A leaf table that has its entries in common with others: which state it is in, and where. */
export class SharedTable {
  state: LeafState;
  /** Virtual page of entry 0. */
  readonly base: number;
  /** First frame of the section that it maps. */
  readonly firstFrame: number;

  constructor(state: LeafState, base: number, firstFrame: number) {
    this.state = state;
    this.base = base;
    this.firstFrame = firstFrame;
  }
}
