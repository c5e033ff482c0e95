import { expect, it } from 'vitest';
import { batchGroups } from './batch-groups.ts';

const batch = (
  at: number,
  ...commits: number[]
): { at: number; nr: number; commits: number[]; old: string; new: string } => ({
  at,
  nr: commits.reduce((sum, nr) => sum + nr, 0),
  commits,
  old: '',
  new: '',
});

it('joins neighbours that are alike', () => {
  expect(batchGroups([batch(4, 1), batch(5, 1), batch(6, 1)])).toEqual([
    { at: 4, pages: 3, count: 3, nr: 1, commits: [1] },
  ]);
});

it.each([
  ['a gap', [batch(0, 1), batch(2, 1)]],
  ['another length', [batch(0, 1), batch(1, 2)]],
  ['other commits', [batch(0, 3), batch(3, 1, 2)]],
])('%s starts a new group', (_, batches) => {
  expect(batchGroups(batches).map(({ count }) => count)).toEqual([1, 1]);
});
