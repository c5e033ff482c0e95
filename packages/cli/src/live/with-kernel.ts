import process from 'node:process';
import { LiveKernel } from '@ptelab/kernel';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens the running kernel, and closes it whatever happens: settings of the machine are put back before
 * the program ends, also when it is interrupted.
 *
 * @param seconds - longest that one scenario may take; as {@link LiveKernel.open} has it if absent.
 * @throws PtelabEnvironmentError if the machine lacks something.
 */
export async function withKernel<T>(
  work: (kernel: LiveKernel) => Promise<T>,
  seconds?: number,
): Promise<T> {
  const kernel = await LiveKernel.open(seconds);
  const ending = new AbortController();
  const interrupted = (signal: NodeJS.Signals): void => {
    ending.abort();
    void kernel.close().finally(() => {
      for (const name of SIGNALS) process.off(name, interrupted);
      process.kill(process.pid, signal);
    });
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  try {
    return await work(kernel);
  } catch (error) {
    // The probe ends in the middle of its work then: nothing to tell of, the signal ends the program.
    if (ending.signal.aborted) return await new Promise<never>(() => undefined);
    throw error;
  } finally {
    await kernel.close();
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}
