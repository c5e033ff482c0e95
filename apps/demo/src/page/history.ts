import { signal, type Signal } from '@preact/signals';
import type { Look } from '../model/look.ts';

/** Steps back that are kept. */
const MOST_STEPS = 200;
/** What is typed with less between is one step back. */
const TYPING_MS = 1000;

/** Looks to go back to: one for each change of the story's text. */
export class History {
  readonly canUndo: Signal<boolean> = signal(false);
  readonly canRedo: Signal<boolean> = signal(false);
  readonly #past: Look[] = [];
  readonly #future: Look[] = [];
  #typedAt = Number.NEGATIVE_INFINITY;

  /**
   * Notes that the text of a look is about to change.
   *
   * @param typedAt - when it was typed, in ms; null for changes that are a step of their own.
   */
  note(before: Look, typedAt: number | null): void {
    const goesOn = typedAt !== null && typedAt - this.#typedAt < TYPING_MS;
    this.#typedAt = typedAt ?? Number.NEGATIVE_INFINITY;
    this.#future.length = 0;
    if (!goesOn || this.#past.length === 0) this.#past.push(before);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#tell();
  }

  /** The look before the last change of the text, or null. */
  undo(now: Look): Look | null {
    return this.#move(this.#past, this.#future, now);
  }

  /** The look before it was undone, or null. */
  redo(now: Look): Look | null {
    return this.#move(this.#future, this.#past, now);
  }

  #move(from: Look[], to: Look[], now: Look): Look | null {
    const look = from.pop() ?? null;
    if (look !== null) to.push(now);
    this.#typedAt = Number.NEGATIVE_INFINITY;
    this.#tell();
    return look;
  }

  #tell(): void {
    this.canUndo.value = this.#past.length > 0;
    this.canRedo.value = this.#future.length > 0;
  }
}
