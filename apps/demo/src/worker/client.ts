import type { Problem, WorkerCalls, WorkerReply } from './protocol.ts';

/** A request that the worker could not carry out. */
export class WorkerProblem extends Error {
  override readonly name = 'WorkerProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: WorkerProblem) => void;
}

/** Asks workers that all know the same; each is started when it is first asked. */
export class WorkerClient {
  readonly #start: () => Worker;
  readonly #workers: (Worker | null)[];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** @param workers - how many there may be. */
  constructor(start: () => Worker, workers: number) {
    this.#start = start;
    this.#workers = Array.from({ length: workers }, () => null);
  }

  #worker(lane: number): Worker {
    const index = lane % this.#workers.length;
    const running = this.#workers[index] ?? null;
    if (running !== null) return running;
    const worker = this.#start();
    this.#workers[index] = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('problem' in data) waiting?.reject(new WorkerProblem(data.problem));
      else waiting?.resolve(data.answer as never);
    });
    worker.addEventListener('error', (event) => {
      const message = event.message === '' ? 'the worker could not be loaded' : event.message;
      const problem = new WorkerProblem({ message, line: 0, column: 0 });
      for (const { reject } of this.#waiting.values()) reject(problem);
      this.#waiting.clear();
    });
    return worker;
  }

  /**
   * Asks one thing. What is asked on one lane is answered in that order.
   *
   * @throws WorkerProblem if the worker can't do it.
   */
  ask<Name extends keyof WorkerCalls>(
    call: Name,
    ask: WorkerCalls[Name]['ask'],
    lane = 0,
  ): Promise<WorkerCalls[Name]['answer']> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker(lane).postMessage({ id, call, ask });
    });
  }
}

/** Machines that are computed at the same time: the page needs a core too. */
const MOST_WORKERS = 3;

/** Makes the client of the page's own workers. */
export function startWorkers(): WorkerClient {
  const cores = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency));
  return new WorkerClient(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'ptelab' }),
    cores,
  );
}
