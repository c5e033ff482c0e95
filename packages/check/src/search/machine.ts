import type { ArchName, KernelRelease } from '@ptelab/pte';

/** A machine that a strategy is judged on, as plain data. */
export interface CheckMachine {
  readonly arch: ArchName;
  readonly kernel: KernelRelease;
}
