import type { Run } from '@ptelab/scenario';

/** What a column of a machine is called: `arm64 6.16 per-pte`. */
export function machineLabel({ machine }: Run, separator = ' '): string {
  return [machine.arch, machine.kernel, machine.strategy].join(separator);
}
