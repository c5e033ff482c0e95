import { expect, it } from 'vitest';
import { settings } from './style.ts';
import { renderTable, type Table } from './table.ts';

const table: Table = {
  columns: [{ title: 'name' }, { title: 'a\nlong', align: 'right' }],
  rows: [
    ['x | y', '1'],
    [{ text: 'z', tone: 'bad' }, '1000'],
  ],
};

it('aligns columns and titles of several lines', () => {
  expect(renderTable(table, settings({}))).toEqual([
    '          a',
    'name   long',
    'x | y     1',
    'z      1000',
  ]);
});

it('escapes Markdown', () => {
  expect(renderTable(table, settings({ format: 'markdown' }))).toEqual([
    '| name | a long |',
    '| --- | ---: |',
    '| x \\| y | 1 |',
    '| z | 1000 |',
  ]);
});
