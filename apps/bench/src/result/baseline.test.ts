import { expect, it } from 'vitest';
import { compareResults } from './baseline.ts';
import { ENVIRONMENT, RESULT, slowedDown } from './result.fixture.ts';

const RO = 'speed arm64 merged order 4 plain counting RO';

function compared(factor: number): { ratio: number; verdict: string } | undefined {
  return compareResults(RESULT, slowedDown(factor)).rows.find(({ name }) => name === RO);
}

it('finds nothing between a run and itself', () => {
  const { rows, onlyBefore, onlyAfter, doubts } = compareResults(RESULT, RESULT);
  expect(rows.filter(({ ratio, verdict }) => ratio !== 1 || verdict !== 'within noise')).toEqual(
    [],
  );
  expect([onlyBefore, onlyAfter, doubts]).toEqual([[], [], []]);
});

it.each([
  [1.1, 'within noise'],
  [1.5, 'worse'],
  [0.95, 'within noise'],
  [0.5, 'better'],
])('calls %d times the time %s, with 10 %% of noise in both runs', (factor, verdict) => {
  expect(compared(factor)?.ratio).toBeCloseTo(factor, 9);
  expect(compared(factor)?.verdict).toBe(verdict);
});

it('calls a number that stays 0 unchanged', () => {
  const none = structuredClone(RESULT);
  for (const row of none.suites.speed?.memory ?? []) row.bytesPerPage = 0;
  const row = compareResults(none, none).rows.find(({ unit }) => unit === 'bytes/page');
  expect(row).toMatchObject({ ratio: 1, low: 1, high: 1, verdict: 'within noise' });
});

it('names what only one of the runs has', () => {
  const paper = { ...RESULT, suites: { paper: RESULT.suites.paper } };
  const kernel = { ...RESULT, suites: { kernel: RESULT.suites.kernel } };
  const { rows, onlyBefore, onlyAfter } = compareResults(paper, kernel);
  expect(rows).toEqual([]);
  expect(onlyBefore).toHaveLength(2);
  expect(onlyAfter).toContain('kernel T1 RO kernel');
});

it('doubts runs on other machines and busy ones', () => {
  const after = { ...RESULT, environment: { ...ENVIRONMENT, node: 'v24.0.0', loadBefore: 3 } };
  expect(compareResults(RESULT, after).doubts).toEqual([
    'node differs: v20.19.0 before, v24.0.0 after',
    'this run began under a load of 3.00 on 4 CPUs',
  ]);
  expect(compareResults(after, RESULT).doubts).toContain(
    'the baseline began under a load of 3.00 on 4 CPUs',
  );
});
