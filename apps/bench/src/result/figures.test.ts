import { expect, it } from 'vitest';
import { figuresOf } from './figures.ts';
import { RESULT } from './result.fixture.ts';

const figures = figuresOf(RESULT);

it('gives every number a name of its own', () => {
  const names = figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it.each([
  ['paper apple-m3 6.17 T2 with clearing', 's', 1],
  ['kernel T1 RO kernel', 'ns/PTE', 4],
  ['kernel T1 RO shared model', 'ns/PTE', 0.02],
  ['kernel T1 RW plain model', 'ns/PTE', 2],
  ['speed arm64 merged order 4 plain counting RO', 'ns/PTE', 2],
  ['speed arm64 merged order 4 plain tracing RW', 'ns/PTE', 5],
  ['memory arm64 order 4 plain', 'bytes/page', 25],
  ['irregular arm64 merged mixed set-up', 'shared/plain', 1.01],
  ['irregular arm64 merged mixed RO', 'shared/plain', 1.2],
  ['irregular arm64 merged mixed RW', 'shared/plain', 1],
  ['growth arm64 T1 1024 MiB set-up', 'ms', 400],
  ['growth arm64 T1 1024 MiB memory', 'bytes/page', 40],
])('%s in %s', (name, unit, median) => {
  expect(figures.find((figure) => figure.name === name)).toMatchObject({ unit, median });
});

it('leaves out what was not measured', () => {
  expect(figures.some(({ name }) => name.includes('4096 MiB'))).toBe(false);
  expect(figuresOf({ ...RESULT, suites: {} })).toEqual([]);
});
