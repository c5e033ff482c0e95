import { expect, it } from 'vitest';
import { machinesInRow } from './arrangement.ts';

const WIDE = { width: 860, height: 700 };

it('puts short page tables above each other, and large ones where there is room', () => {
  expect(machinesInRow(2, WIDE, 64, 16)).toBe(1);
  expect(machinesInRow(2, { width: 1600, height: 500 }, 4096, 16)).toBe(2);
  expect(machinesInRow(1, WIDE, 64, 16)).toBe(1);
});
