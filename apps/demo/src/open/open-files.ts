import { signal, type Signal } from '@preact/signals';
import type { Session } from '../page/session.ts';
import { WorkerProblem } from '../worker/client.ts';
import type { OpenedFile } from './opened.ts';

/** Opens files for a session: those with one story at once, others by a choice. */
export class OpenFiles {
  /** The file whose stories are to choose from, or null. */
  readonly choosing: Signal<OpenedFile | null> = signal<OpenedFile | null>(null);
  /** Why the last file can't be shown, or null. */
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly busy: Signal<boolean> = signal(false);
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Opens a file. */
  async open(file: File): Promise<void> {
    await this.#try(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const opened = await this.#session.openFile(file.name, bytes);
      if (opened.choices.length === 1) await this.#session.showOpened(0);
      else this.choosing.value = opened;
    });
  }

  /** Shows one of the choices. */
  async choose(choice: number): Promise<void> {
    this.choosing.value = null;
    await this.#try(() => this.#session.showOpened(choice));
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    this.busy.value = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof WorkerProblem)) throw error;
      this.problem.value = error.message;
    } finally {
      this.busy.value = false;
    }
  }
}
