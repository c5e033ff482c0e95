import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Answers, Job } from './model/job.ts';

/** How a process ended that did not do its job. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Limits of a process. */
export interface JobLimits {
  /** Heap of the process; buffers come on top. */
  readonly heapMib: number;
  readonly seconds: number;
}

const CHILD = fileURLToPath(new URL('./measure-child.js', import.meta.url));

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function explain(limits: JobLimits, signal: string | null, errors: string): string {
  if (/heap out of memory|Array buffer allocation failed/.test(errors)) {
    return `takes over ${limits.heapMib} MiB of heap`;
  }
  if (signal === 'SIGKILL') return `takes over ${limits.seconds} s, or was killed`;
  return errors === '' ? `ended by ${signal ?? 'itself'} without a word` : lastLine(errors);
}

/**
 * Measures in a process of its own.
 *
 * @throws JobFailed if it dies, runs out of memory or does not end in time.
 */
export function spawnJob<Kind extends Job['kind']>(
  job: Job & { readonly kind: Kind },
  limits: JobLimits,
): Promise<Answers[Kind][]> {
  const flags = ['--expose-gc', `--max-old-space-size=${limits.heapMib}`];
  const child = spawn(process.execPath, [...flags, CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limits.seconds * 1000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      reject(new JobFailed(error.message));
    });
    child.on('close', (code, signal) => {
      if (code !== 0) {
        reject(new JobFailed(explain(limits, signal, errors)));
        return;
      }
      const lines = output.split('\n').filter((line) => line !== '');
      resolve(lines.map((line) => JSON.parse(line) as Answers[Kind]));
    });
  });
}
