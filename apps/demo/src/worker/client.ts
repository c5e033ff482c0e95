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

/** Asks the worker; answers come in the order of the questions. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
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
  }

  /**
   * Asks one thing.
   *
   * @throws WorkerProblem if the worker can't do it.
   */
  ask<Name extends keyof WorkerCalls>(
    call: Name,
    ask: WorkerCalls[Name]['ask'],
  ): Promise<WorkerCalls[Name]['answer']> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, ask });
    });
  }
}

/** Starts the worker. */
export function startWorker(): WorkerClient {
  return new WorkerClient(
    new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'ptelab' }),
  );
}
