import { expect, it } from 'vitest';
import { makePte, PteTable } from './table.ts';

it('a new table is empty', () => {
  const table = new PteTable(0x800, 512);
  const pte = makePte(1, 1);
  table.peek(511, pte);
  expect([table.base, table.length, pte]).toEqual([0x800, 512, { pfn: 0, bits: 0 }]);
});

it('peek returns what poke stored and copies it', () => {
  const table = new PteTable(0, 512);
  const pte = makePte(-1, 0x123);
  table.poke(3, pte);
  pte.bits = 0;
  const read = makePte();
  table.peek(3, read);
  expect(read).toEqual({ pfn: -1, bits: 0x123 });
});

it('peek outside the table reads the empty entry', () => {
  const pte = makePte(1, 1);
  new PteTable(0, 512).peek(512, pte);
  expect(pte).toEqual({ pfn: 0, bits: 0 });
});
