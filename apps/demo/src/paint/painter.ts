import { signal, type Signal } from '@preact/signals';
import type { PageWindow } from '../model/story-window.ts';
import type { Session } from '../page/session.ts';
import { MOST_PAINTED, type Edit, type Tool } from './edit.ts';

/** Paints on the story of a session. */
export class Painter {
  /** What strokes do now; null while nothing is painted. */
  readonly tool: Signal<Tool | null> = signal<Tool | null>(null);
  /** Pages under a stroke that goes on. */
  readonly stroke: Signal<PageWindow | null> = signal<PageWindow | null>(null);
  /** Why the last stroke did nothing, or null. */
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly #session: Session;
  /** Edits are made one after the other: each is of the text that the one before left. */
  #last: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  /** True for stories that are small enough. */
  get canPaint(): boolean {
    const pages = this.#session.show.value?.outline.window.pages ?? 0;
    return pages > 0 && pages <= MOST_PAINTED;
  }

  /** Applies the tool to pages. */
  paint(pages: PageWindow): void {
    const { value: tool } = this.tool;
    if (tool !== null) this.edit({ kind: 'stroke', tool, pages });
  }

  /** Changes the story. */
  edit(edit: Edit): void {
    this.#last = this.#last.then(async () => {
      this.problem.value = await this.#session.edit(edit);
    });
  }
}
