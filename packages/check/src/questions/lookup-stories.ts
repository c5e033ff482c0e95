import type { Scenario } from '@ptelab/scenario';
import { filledTable, TABLE_PAGES } from './folios.ts';
import { tell } from './story.ts';

const SHARED = [`mmap 0 ${TABLE_PAGES} rw shanon`, `w 0 ${TABLE_PAGES}`];
const DOWN = `mprotect 0 ${TABLE_PAGES} r`;
const UP = `mprotect 0 ${TABLE_PAGES} rw`;

/** States of a page table, and the call on it. */
export const LOOKUP_STORIES: readonly (readonly [name: string, story: Scenario])[] = [
  [
    '4K private, rw to r',
    tell('q05-4k-down', '4K pages become read-only', [...filledTable(0), DOWN]),
  ],
  [
    '4K private, r to rw',
    tell('q05-4k-up', '4K pages become writable', [...filledTable(0), DOWN, UP]),
  ],
  [
    '4K shared, rw to r',
    tell('q05-shared-down', 'Shared 4K pages become read-only', [...SHARED, DOWN]),
  ],
  [
    '4K shared, r to rw',
    tell('q05-shared-up', 'Shared 4K pages become writable', [...SHARED, DOWN, UP]),
  ],
  [
    '64K private, rw to r',
    tell('q05-64k-down', '64K folios become read-only', [...filledTable(4), DOWN]),
  ],
  [
    '64K private, r to rw',
    tell('q05-64k-up', '64K folios become writable', [...filledTable(4), DOWN, UP]),
  ],
];
