import { PAGE_KIND } from '@ptelab/folio';
import { makePte, type Pte } from '@ptelab/pte';
import type { Story } from '@ptelab/scenario';

/**
 * Which recorded page frame is which frame of the model.
 *
 * Whole stories choose their own frames, so entries are compared up to a renaming that must stay one
 * to one. A kernel uses a freed frame again for another page; the model never does. So a recorded
 * frame may get a new name once the model has freed the page that bore the old one.
 */
export class FrameNames {
  readonly #story: Story;
  readonly #modelOf = new Map<number, number>();
  readonly #recordedOf = new Map<number, number>();
  readonly #modelSlotOf = new Map<number, number>();

  constructor(story: Story) {
    this.#story = story;
  }

  /** True if recorded frame `recorded` can be the model's `modelled`; remembers that it is. */
  match(recorded: number, modelled: number): boolean {
    const known = this.#modelOf.get(recorded);
    if (known === modelled) return true;
    if (this.#recordedOf.has(modelled)) return false;
    if (known !== undefined) {
      if (this.#story.system.memmap.pageKind(known) !== PAGE_KIND.FREE) return false;
      this.#recordedOf.delete(known);
    }
    this.#modelOf.set(recorded, modelled);
    this.#recordedOf.set(modelled, recorded);
    return true;
  }

  /** True if a recorded entry and the model's are equal up to the renaming of frames. */
  readonly sameEntry = (recorded: Readonly<Pte>, modelled: Readonly<Pte>): boolean => {
    const { arch } = this.#story.system;
    if (!arch.ptePresent(recorded.bits) || !arch.ptePresent(modelled.bits)) {
      const equal = recorded.pfn === modelled.pfn && recorded.bits === modelled.bits;
      return equal || this.#sameSwapEntry(recorded, modelled);
    }
    const renamed = makePte();
    const frame = arch.ptePfn(modelled);
    arch.pteSetPfn(recorded, frame, renamed);
    if (renamed.pfn !== modelled.pfn || renamed.bits !== modelled.bits) return false;
    return this.match(arch.ptePfn(recorded), frame);
  };

  /** Swap slots are the device's choice, as frames are the allocator's: equal up to renaming. */
  #sameSwapEntry(recorded: Readonly<Pte>, modelled: Readonly<Pte>): boolean {
    const { arch } = this.#story.system;
    if (arch.pteNone(recorded) || arch.pteNone(modelled)) return false;
    if (arch.ptePresent(recorded.bits) || arch.ptePresent(modelled.bits)) return false;
    const wanted = arch.decodeNonPresent(recorded);
    const found = arch.decodeNonPresent(modelled);
    if (wanted.kind !== 'swap' || found.kind !== 'swap') return false;
    const renamed = makePte();
    arch.encodeNonPresent({ ...wanted, offset: found.offset }, renamed);
    if (renamed.pfn !== modelled.pfn || renamed.bits !== modelled.bits) return false;
    const known = this.#modelSlotOf.get(wanted.offset);
    if (known === undefined) this.#modelSlotOf.set(wanted.offset, found.offset);
    return known === undefined || known === found.offset;
  }
}
