import type { Advice } from '@ptelab/mm';

/** Advice that a story may give, by name without MADV_. */
export const ADVICE: readonly Advice[] = [
  'COLD',
  'COLLAPSE',
  'DOFORK',
  'DONTFORK',
  'DONTNEED',
  'FREE',
  'GUARD_INSTALL',
  'GUARD_REMOVE',
  'HUGEPAGE',
  'MERGEABLE',
  'NOHUGEPAGE',
  'NORMAL',
  'PAGEOUT',
  'POPULATE_READ',
  'POPULATE_WRITE',
  'UNMERGEABLE',
  'WILLNEED',
];
