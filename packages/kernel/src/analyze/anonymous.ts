import type { SnapshotVma } from '../snapshot/records.ts';

/** True for private memory without a file behind it. */
export function isAnonymous({ perms, path }: SnapshotVma): boolean {
  return perms.endsWith('p') && /^(?:\[(?:heap|stack|anon)(?::.*)?\])?$/s.test(path);
}
