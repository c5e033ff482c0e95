import type { Strategy } from '@ptelab/mprotect';
import type { ArchName, KernelFeatures, KernelRelease } from '@ptelab/pte';

/** The smallest state that shows a mistake: a story on a machine. */
export interface SmallestState {
  readonly arch: ArchName;
  /** @defaultValue '7.2' */
  readonly kernel?: KernelRelease;
  /** x86-64 without soft-dirty bits. @defaultValue false */
  readonly withoutSoftDirty?: boolean;
  /** Op lines; what the mistake changes shows after the last. */
  readonly lines: readonly string[];
}

/**
 * One mistake in an algorithm that is right but for it: a bug that was posted or shipped, or one that
 * is easy to make. A check is worth what it finds among these.
 */
export interface Mutant {
  /** B and a number for bugs of the history, M and a number for natural mistakes. */
  readonly id: string;
  /** One line: what is done wrong. */
  readonly summary: string;
  /** Where it was seen, or what it is a mistake in. */
  readonly source: string;
  /** The walk with the mistake. Absent if the mistake lies elsewhere. */
  readonly strategy?: Strategy;
  /** The machine's rules with the mistake, for those outside the walk. */
  readonly features?: Partial<KernelFeatures>;
  /** Absent if the mistake can't be seen. */
  readonly smallest?: SmallestState;
  /** Why no page-table entry, count or flush shows the mistake. */
  readonly invisible?: string;
}
