/** What a fault may have to wait for: the answer of a userfaultfd monitor, or the end of a migration. */
export type FaultWait = 'userfaultfd' | 'migration';

/** How a fault ended: resolved, with a signal to the process, or waiting; then it is to be taken again. */
export type FaultResult = 'ok' | 'SIGSEGV' | 'SIGBUS' | FaultWait;

/** True for a fault that has to wait. */
export function faultWaits(result: FaultResult): result is FaultWait {
  return result === 'userfaultfd' || result === 'migration';
}
