import type { FrameStates } from '@ptelab/folio';
import { makePte, type Arch, type Pte, type PteTable } from '@ptelab/pte';

/**
 * A leaf table and the page frames that it maps, without saying which frames: what any number of
 * tables can have in common.
 *
 * All frames are of one section of memory, so the state of a table in use is this and the number of
 * the section's first frame. The words are those of section 0.
 */
export class LeafState {
  readonly pfn: Int32Array;
  readonly bits: Int32Array;
  readonly frames: FrameStates;

  constructor(pfn: Int32Array, bits: Int32Array, frames: FrameStates) {
    this.pfn = pfn;
    this.bits = bits;
    this.frames = frames;
  }
}

/** Frames from here on have bits outside of the pfn word's sign-free part: their tables stay alone. */
const FRAMES_END = 2 ** 31;

/** Entries that a {@link leafSample} looks at. */
const SAMPLES = 16;

const pte: Pte = makePte();

/** The pfn word of an entry as it is `frames` frames further on. */
function shifted(arch: Arch, pfn: number, bits: number, frames: number): number {
  if (!arch.ptePresent(bits)) return pfn;
  return (pfn + frames * arch.pfnWordStep(bits)) | 0;
}

/** First frame of the section that the first entry of `table` maps, or -1 if it maps nothing. */
export function firstFrame(arch: Arch, table: PteTable): number {
  table.peek(0, pte);
  if (!arch.ptePresent(pte.bits)) return -1;
  const pfn = arch.ptePfn(pte);
  const first = pfn - (pfn % table.length);
  return first + table.length <= FRAMES_END ? first : -1;
}

/**
 * A number that tables in the same state have in common, made from some of their entries. Says nothing
 * if it is equal; cheap, so that tables that have nothing in common cost next to nothing.
 */
export function leafSample(arch: Arch, table: PteTable, first: number): number {
  let hash = 0;
  const step = table.length / SAMPLES;
  // The last entry of each part: where a partial change ends, neighbours differ most.
  for (let index = step - 1; index < table.length; index += step) {
    table.peek(index, pte);
    hash = (Math.imul(hash, 31) + shifted(arch, pte.pfn, pte.bits, -first)) | 0;
    hash = (Math.imul(hash, 31) + pte.bits) | 0;
  }
  return hash;
}

/**
 * The state that `table` is in.
 *
 * @param first - first frame of the section whose states are `frames`.
 * @returns null if entries are elsewhere, or say more than which frame they map (swap, migration, a
 * marker): what happens to them can depend on more than this.
 */
export function leafStateOf(
  arch: Arch,
  table: PteTable,
  first: number,
  frames: FrameStates,
): LeafState | null {
  const pfn = new Int32Array(table.length);
  for (let index = 0; index < table.length; index++) {
    table.peek(index, pte);
    if (arch.ptePresent(pte.bits)) {
      const at = arch.ptePfn(pte) - first;
      if (at < 0 || at >= table.length) return null;
    } else if (!arch.pteNone(pte)) return null;
    pfn[index] = shifted(arch, pte.pfn, pte.bits, -first);
  }
  return new LeafState(pfn, table.bits.slice(), frames);
}

/** True if both say the same of every entry and every frame. */
export function sameLeafState(a: LeafState, b: LeafState): boolean {
  for (let index = 0; index < a.bits.length; index++) {
    if (a.bits[index] !== b.bits[index] || a.pfn[index] !== b.pfn[index]) return false;
  }
  return a.frames.equals(b.frames);
}

/** Fills `table` with the entries of `state` for the section whose first frame is `first`. */
export function fillFromState(arch: Arch, state: LeafState, first: number, table: PteTable): void {
  table.bits.set(state.bits);
  for (let index = 0; index < table.length; index++) {
    const bits = state.bits[index] ?? 0;
    table.pfn[index] = shifted(arch, state.pfn[index] ?? 0, bits, first);
  }
}
