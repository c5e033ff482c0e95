import { PAGE_KIND } from '@ptelab/folio';
import { makePte, type Pte } from '@ptelab/pte';
import type { Story } from '@ptelab/scenario';
import { Renaming } from './renaming.ts';

/**
 * Which recorded page frame is which frame of the model, and likewise for swap slots.
 *
 * Whole stories choose their own frames and slots, so entries are compared up to a renaming of them.
 */
export class FrameNames {
  readonly #story: Story;
  readonly #frames: Renaming;
  readonly #swapSlots: Renaming;

  constructor(story: Story) {
    this.#story = story;
    const { memmap, swap } = story.system;
    this.#frames = new Renaming((pfn) => memmap.pageKind(pfn) === PAGE_KIND.FREE);
    this.#swapSlots = new Renaming((slot) => swap.count(slot) === 0);
  }

  /** True if recorded frame `recorded` can be the model's `modelled`; remembers that it is. */
  readonly frame = (recorded: number, modelled: number): boolean =>
    this.#frames.match(recorded, modelled);

  /** As {@link frame}, for swap slots. */
  readonly swapSlot = (recorded: number, modelled: number): boolean =>
    this.#swapSlots.match(recorded, modelled);

  /** The recorded frame that is the model's `modelled`, if it is known. */
  recordedFrame(modelled: number): number | undefined {
    return this.#frames.recordedOf(modelled);
  }

  /** True if a recorded entry and the model's are equal up to the renaming. */
  readonly entry = (recorded: Readonly<Pte>, modelled: Readonly<Pte>): boolean => {
    const { arch } = this.#story.system;
    if (!arch.ptePresent(recorded.bits) || !arch.ptePresent(modelled.bits)) {
      const equal = recorded.pfn === modelled.pfn && recorded.bits === modelled.bits;
      return this.#sameSwapEntry(recorded, modelled) ?? equal;
    }
    const renamed = makePte();
    const frame = arch.ptePfn(modelled);
    arch.pteSetPfn(recorded, frame, renamed);
    if (renamed.pfn !== modelled.pfn || renamed.bits !== modelled.bits) return false;
    return this.frame(arch.ptePfn(recorded), frame);
  };

  /** Compares two swap entries; null if one of them is none. */
  #sameSwapEntry(recorded: Readonly<Pte>, modelled: Readonly<Pte>): boolean | null {
    const { arch } = this.#story.system;
    if (arch.pteNone(recorded) || arch.pteNone(modelled)) return null;
    if (arch.ptePresent(recorded.bits) || arch.ptePresent(modelled.bits)) return null;
    const wanted = arch.decodeNonPresent(recorded);
    const found = arch.decodeNonPresent(modelled);
    if (wanted.kind !== 'swap' || found.kind !== 'swap') return null;
    const renamed = makePte();
    arch.encodeNonPresent({ ...wanted, offset: found.offset }, renamed);
    if (renamed.pfn !== modelled.pfn || renamed.bits !== modelled.bits) return false;
    return this.swapSlot(wanted.offset, found.offset);
  }
}
