import { createMachine } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import type { ArchName, Engine, IrregularLayout } from '../result/result.ts';
import { buildIrregular } from './irregular.ts';

const TABLES = 40;

/** Entries of every leaf table, relative to the first frame of the table. */
function statesOf(arch: ArchName, engine: Engine, layout: IrregularLayout): string[] {
  const machine = createMachine({ arch, kernel: '7.3' });
  const { mm } = buildIrregular({ machine, engine }, layout, TABLES * 512);
  return [...mm.tables()].map(({ pfn, bits }) => {
    const first = pfn.find((word) => word !== 0) ?? 0;
    return [...pfn].map((word, i) => `${word === 0 ? '-' : word - first}:${bits[i] ?? 0}`).join();
  });
}

it.each([
  ['arm64', 'mixed'],
  ['arm64', 'holed'],
  ['x86-64', 'mixed'],
  ['x86-64', 'holed'],
] as const)('on %s makes no two leaf tables alike, %s', (arch, layout) => {
  const states = statesOf(arch, 'plain', layout);
  expect(states).toHaveLength(TABLES);
  expect(new Set(states).size).toBe(TABLES);
  // The same memory for both engines.
  expect(statesOf(arch, 'shared', layout)).toEqual(states);
});
