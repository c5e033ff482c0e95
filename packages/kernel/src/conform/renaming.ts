/**
 * A one-to-one renaming of recorded numbers (frames, swap slots) to the model's.
 *
 * A kernel uses a freed number again for something else; the model never does. So a recorded number
 * may get a new name once the model has freed what bore the old one.
 */
export class Renaming {
  readonly #modelOf = new Map<number, number>();
  readonly #recordedOf = new Map<number, number>();
  readonly #isFree: (modelled: number) => boolean;

  constructor(isFree: (modelled: number) => boolean) {
    this.#isFree = isFree;
  }

  /** The recorded number that is the model's `modelled`, if it is known. */
  recordedOf(modelled: number): number | undefined {
    return this.#recordedOf.get(modelled);
  }

  /** True if `recorded` can be the model's `modelled`; remembers that it is. */
  match(recorded: number, modelled: number): boolean {
    const known = this.#modelOf.get(recorded);
    if (known === modelled) return true;
    if (this.#recordedOf.has(modelled)) return false;
    if (known !== undefined) {
      if (!this.#isFree(known)) return false;
      this.#recordedOf.delete(known);
    }
    this.#modelOf.set(recorded, modelled);
    this.#recordedOf.set(modelled, recorded);
    return true;
  }
}
