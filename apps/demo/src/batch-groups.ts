import type { Batch } from '@ptelab/scenario';

/** Neighbouring batches that were committed in the same lengths. */
export interface BatchGroup {
  /** First page. */
  readonly at: number;
  /** Pages of all of them. */
  readonly pages: number;
  readonly count: number;
  /** Length of each. */
  readonly nr: number;
  /** Lengths of the commits of each. */
  readonly commits: readonly number[];
}

/** Joins batches that follow each other and are alike: 16 batches of 1 become one group. */
export function batchGroups(batches: readonly Batch[]): BatchGroup[] {
  const groups: BatchGroup[] = [];
  for (const { at, nr, commits } of batches) {
    const last = groups.at(-1);
    const joins =
      last !== undefined && last.at + last.pages === at && last.commits.join() === commits.join();
    if (joins) {
      groups[groups.length - 1] = { ...last, pages: last.pages + nr, count: last.count + 1 };
    } else {
      groups.push({ at, pages: nr, count: 1, nr, commits });
    }
  }
  return groups;
}
