import process from 'node:process';
import { Lacking, LiveKernel } from '@ptelab/kernel';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens the running kernel, and closes it whatever happens: settings of the machine are put back before
 * the program ends, also when it is interrupted.
 *
 * @throws CliError if the machine lacks something.
 */
export async function withKernel<T>(work: (kernel: LiveKernel) => Promise<T>): Promise<T> {
  try {
    const kernel = await LiveKernel.open();
    const interrupted = (signal: NodeJS.Signals): void => {
      void kernel.close().finally(() => {
        for (const name of SIGNALS) process.off(name, interrupted);
        process.kill(process.pid, signal);
      });
    };
    for (const signal of SIGNALS) process.on(signal, interrupted);
    try {
      return await work(kernel);
    } finally {
      await kernel.close();
      for (const signal of SIGNALS) process.off(signal, interrupted);
    }
  } catch (error) {
    if (error instanceof Lacking) {
      throw new CliError('environment', error.message, EXIT.environment);
    }
    throw error;
  }
}
