import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { CycleTimes } from '../model/cycles.ts';
import { parseCycle, parseReady, ProbeError, type ProbeReady } from './probe-output.ts';

/** Layouts of the probe, as its first argument. */
export type ProbeLayout = 'pte-mapped-huge' | '64k' | '4k';

/** Writing a terabyte takes minutes; an answer that takes longer does not come. */
const ANSWER_MS = 300_000;

/** A running probe: memory of the real kernel in a layout. */
export class Probe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #ended: Promise<string>;

  /**
   * Starts the probe; it maps and writes at once.
   *
   * @param path - the compiled program.
   */
  constructor(path: string, layout: ProbeLayout, mib: number) {
    this.#child = spawn(path, [layout, String(mib)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        resolve(error.message);
      });
      this.#child.on('exit', (code, signal) => {
        resolve(signal ?? `exit code ${code ?? 0}`);
      });
    });
    // A probe that has died is told of by the end of its output.
    this.#child.stdin.on('error', () => undefined);
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /**
   * The next line that it writes.
   *
   * @throws ProbeError if it ends, or says nothing for minutes.
   */
  async #answer(): Promise<string> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_MS);
    try {
      const line = await this.#lines.next();
      if (line.done !== true) return line.value;
      throw new ProbeError(`the probe ended without an answer (${await this.#ended})`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until the memory is in place. @throws ProbeError if it will not be. */
  async ready(): Promise<ProbeReady> {
    return parseReady(await this.#answer());
  }

  /** Has both calls made and timed once. @throws ProbeError if they fail. */
  async cycle(): Promise<CycleTimes> {
    this.#child.stdin.write('cycle\n');
    return parseCycle(await this.#answer());
  }

  /** Ends it, and waits until its memory is free. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    this.#reader.close();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}
