import type { DrawingContext } from '../stage/drawing-context.ts';
import type { ViewSize } from '../stage/camera.ts';

/** The page table of one machine, ready to be drawn anywhere. */
export interface Picture {
  /** Index of the machine. */
  readonly index: number;
  /** In CSS pixels. */
  readonly size: ViewSize;
  readonly draw: (context: DrawingContext) => void;
}

/** What is on the stages, for who exports it. */
export class Pictures {
  readonly #takers = new Set<() => Picture | null>();

  /** Adds a stage; returns what takes it away. */
  add(take: () => Picture | null): () => void {
    this.#takers.add(take);
    return () => {
      this.#takers.delete(take);
    };
  }

  /** The pictures of all stages, in the order of the machines. */
  take(): Picture[] {
    return [...this.#takers]
      .map((take) => take())
      .filter((picture) => picture !== null)
      .toSorted((a, b) => a.index - b.index);
  }
}
