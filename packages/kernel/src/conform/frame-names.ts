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
      return recorded.pfn === modelled.pfn && recorded.bits === modelled.bits;
    }
    const renamed = makePte();
    const frame = arch.ptePfn(modelled);
    arch.pteSetPfn(recorded, frame, renamed);
    if (renamed.pfn !== modelled.pfn || renamed.bits !== modelled.bits) return false;
    return this.match(arch.ptePfn(recorded), frame);
  };
}
