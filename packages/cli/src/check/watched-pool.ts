import { fileURLToPath } from 'node:url';
import type { Transferable } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import { CliError } from '../cli-error.ts';
import type { Handed, Jobs, Reply } from './jobs.ts';

/** How a job ended: `stuck` and `died` with the state that the worker was on. */
export type Outcome<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'stuck'; readonly state: number }
  | { readonly kind: 'died'; readonly state: number; readonly reason: string };

/** How often the watch looks, in milliseconds. */
const LOOK_MS = 100;
/** A worker that has yet to start and to load gets this many times the budget of a state. */
const LOAD_FACTOR = 10;
/** Memory of a worker, in MiB: one that needs more has a strategy that hoards. */
const MEMORY_MIB = 1024;

/** Beside the program after the build. */
const WORKER = fileURLToPath(new URL('./check-worker.js', import.meta.url));

/** Worker threads that are kept between jobs, each watched: one that gets stuck is ended. */
export class WatchedPool {
  /** Jobs that may run at the same time. */
  readonly size: number;
  readonly #pool: Tinypool;
  readonly #watch: Int32Array;
  readonly #free: number[];
  readonly #budgetMs: number;

  /** @param seconds - what a strategy may take for one state. */
  constructor(size: number, seconds: number) {
    this.size = size;
    this.#budgetMs = seconds * 1000;
    this.#watch = new Int32Array(new SharedArrayBuffer(4 * size));
    this.#free = Array.from({ length: size }, (_, lane) => lane);
    this.#pool = new Tinypool({
      filename: WORKER,
      // The same, so that no worker is ever idle for too long.
      minThreads: size,
      maxThreads: size,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
  }

  /**
   * Runs a job. At most {@link size} at the same time.
   *
   * @throws CliError for what the worker complains about.
   */
  async run<K extends keyof Jobs>(
    name: K,
    job: Jobs[K]['job'],
    transferList: Transferable[] = [],
  ): Promise<Outcome<Jobs[K]['result']>> {
    const lane = this.#free.pop();
    if (lane === undefined) throw new RangeError(`more than ${this.size} jobs at the same time`);
    Atomics.store(this.#watch, lane, -1);
    const aborter = new AbortController();
    const watching = this.#watchOver(lane, aborter);
    try {
      const handed: Handed<Jobs[K]['job']> = { job, watch: this.#watch, lane };
      const { signal } = aborter;
      const reply = (await this.#pool.run(handed, { name, signal, transferList })) as Reply<
        Jobs[K]['result']
      >;
      if ('result' in reply) return { kind: 'done', result: reply.result };
      const { code, message, exitCode } = reply.complaint;
      throw Object.assign(new CliError(code, message, exitCode), { stack: reply.stack });
    } catch (error) {
      if (error instanceof CliError) throw error;
      const state = Atomics.load(this.#watch, lane);
      if (aborter.signal.aborted) return { kind: 'stuck', state };
      return { kind: 'died', state, reason: String(error) };
    } finally {
      clearInterval(watching);
      this.#free.push(lane);
    }
  }

  /** Aborts when a lane has shown the same state for longer than its budget. */
  #watchOver(lane: number, aborter: AbortController): NodeJS.Timeout {
    let shown = -1;
    let still = 0;
    let last = performance.now();
    return setInterval(() => {
      const now = performance.now();
      // A machine that slept or was held up for long is no fault of the strategy.
      const passed = Math.min(now - last, 2 * LOOK_MS);
      last = now;
      const state = Atomics.load(this.#watch, lane);
      still = state === shown ? still + passed : 0;
      shown = state;
      const budget = state < 0 ? LOAD_FACTOR * this.#budgetMs : this.#budgetMs;
      if (still >= budget) aborter.abort();
    }, LOOK_MS);
  }

  /** Ends all workers. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
