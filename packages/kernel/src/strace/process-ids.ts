import { UNNAMED_PID } from './log.ts';

/**
 * Whose line it is. With `-f` every line bears a pid, but without `-o` only while there is more than
 * one process: lines before and after that bear none.
 */
export class ProcessIds {
  /** Processes and threads that are alive, as far as the log shows. */
  readonly #alive = new Set<number>();
  /** The process that lines without a pid belong to. */
  #first: number | null = null;

  /** A call returned the pid of a new process. */
  made(pid: number): void {
    this.#alive.add(pid);
  }

  ended(pid: number): void {
    this.#alive.delete(pid);
  }

  /** True if nothing in the log has shown `pid` yet, while lines without one have been there. */
  mayNameFirst(pid: number): boolean {
    return this.#first === UNNAMED_PID && !this.#alive.has(pid);
  }

  /** The process of the lines without a pid turns out to be `pid`. */
  nameFirst(pid: number): void {
    this.#alive.delete(UNNAMED_PID);
    this.#alive.add(pid);
    this.#first = pid;
  }

  /** Whose a line is. */
  of(pid: number | null): number {
    const [only] = this.#alive;
    const found = pid ?? (this.#alive.size === 1 && only !== undefined ? only : this.#first);
    const whose = found ?? UNNAMED_PID;
    this.#first ??= whose;
    this.#alive.add(whose);
    return whose;
  }
}
