import { signal, type Signal } from '@preact/signals';
import type { Session } from '../page/session.ts';
import { WorkerProblem } from '../worker/client.ts';
import { tooLarge } from './file-size.ts';
import type { OpenedFile } from './opened.ts';

/** A file that is not even read. */
class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  const problem = tooLarge(file.name, file.size);
  if (problem !== null) throw new FileProblem(problem);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    // Browsers hand over folders as files.
    throw new FileProblem(`${file.name}: expected a file, found what can not be read`);
  }
}

/** Opens files for a session: those with one story at once, others by a choice. */
export class OpenFiles {
  /** The file whose stories are to choose from, or null. */
  readonly choosing: Signal<OpenedFile | null> = signal<OpenedFile | null>(null);
  /** Why the last file can't be shown, or null. */
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly busy: Signal<boolean> = signal(false);
  readonly #session: Session;
  /** The last thing that was begun: the worker holds one file, so that each waits for the one before. */
  #last: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Opens a file. */
  async open(file: File): Promise<void> {
    await this.#try(async () => {
      // The list of the file before would choose from this one.
      this.choosing.value = null;
      const bytes = await bytesOf(file);
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
    const before = this.#last;
    this.#last = before.catch(() => undefined).then(() => this.#tell(act));
    await this.#last;
  }

  async #tell(act: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    this.busy.value = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof WorkerProblem || error instanceof FileProblem)) throw error;
      this.problem.value = error.message;
    } finally {
      this.busy.value = false;
    }
  }
}
