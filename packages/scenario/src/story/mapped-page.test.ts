import { expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { scenarioFromOpLines } from '../op/op-lines.ts';
import { runScenario } from '../run.ts';
import { readDump, type MappedPage } from './mapped-page.ts';

const arm64 = createMachine({ arch: 'arm64', kernel: '7.3' });
const x86 = createMachine({ arch: 'x86-64', kernel: '7.3' });

/** One letter for each bit, in the order of the fields. */
function word(page: MappedPage): string {
  const { state, write, dirty, young, softDirty, uffdWp, protNone, cont, exclusive } = page;
  const letters = [
    write && 'w',
    dirty && 'd',
    young && 'y',
    softDirty && 's',
    uffdWp && 'u',
    protNone && 'n',
    cont !== null && (cont === 'valid' ? 'C' : 'c'),
    exclusive === true && 'e',
  ];
  return `${state}:${letters.filter(Boolean).join('')}`;
}

function maps(machine: typeof arm64, lines: readonly string[]): MappedPage[][] {
  const scenario = scenarioFromOpLines('s', lines);
  const run = runScenario(scenario, machine, { maps: 1024 });
  const { before, after } = run.steps.at(-1)!.mprotect!.maps!;
  return [readDump(machine.spec, before), readDump(machine.spec, after)];
}

/*
 * page  0        8        16       24       32
 *       |    64K folio    |    64K folio    |
 *                |    mprotect     |
 */
const partial = ['thp 64 always', 'mmap 0 32 rw anon', 'w 0 32', 'mprotect 8 16 r'];

it('reads the bits of whole blocks around the range', () => {
  const [before, after] = maps(arm64, partial);
  expect(before!.map(word)).toEqual(Array(32).fill('page:wdyCe'));
  expect(after!.map(word)).toEqual([
    ...Array(8).fill('page:wdye'),
    ...Array(16).fill('page:dye'),
    ...Array(8).fill('page:wdye'),
  ]);
  expect(before![20]).toMatchObject({ page: 20, folioOrder: 4, folio: before![16]!.pfn });
});

it('reads soft-dirty, and no contiguous bit, on x86-64', () => {
  const [before] = maps(x86, partial);
  expect(before!.map(word)).toEqual(Array(32).fill('page:wdyse'));
});

it('tells apart a contiguous bit that the hardware does not heed', () => {
  const [, after] = maps(arm64, [
    'thp 64 always',
    'mmap 0 16 rw anon',
    'w 0 16',
    'mprotect 0 16 n',
  ]);
  for (const page of after!) expect(word(page)).toMatch(/^page:.*nc?e$/);
});

it('reads huge mappings, and the table that one is split into', () => {
  const lines = ['thp 2048 always', 'mmap 0 1024 rw anon', 'w 0 512', 'mprotect 500 24 r'];
  const [before, after] = maps(arm64, lines);
  expect(before!.map(({ page, state }) => `${page} ${state}`)).toEqual([
    ...Array.from({ length: 16 }, (_, i) => `${496 + i} huge`),
    ...Array.from({ length: 16 }, (_, i) => `${512 + i} no-table`),
  ]);
  expect(word(before![0]!)).toBe('huge:wdy');
  expect(before![0]!.raw).toMatch(/^0x/);
  expect(after!.map(({ state }) => state).slice(0, 16)).toEqual(Array(16).fill('page'));
});

it('names what is there in place of a page', () => {
  const lines = ['zram', 'mmap 0 3 rw anon', 'w 0 2', 'madvise 1 1 PAGEOUT', 'mprotect 0 3 r'];
  const [before] = maps(arm64, lines);
  expect(before!.map(({ state }) => state).slice(0, 4)).toEqual(['page', 'swap', 'empty', 'empty']);
  expect(before![1]).toMatchObject({ exclusive: true, pfn: null, folio: null });
});

it('dumps no more than it is told, and nothing unless it is told', () => {
  const scenario = scenarioFromOpLines('s', partial);
  const some = runScenario(scenario, arm64, { maps: 20 }).steps[3]!.mprotect!;
  expect(some.maps!.before.pages).toHaveLength(20);
  expect(runScenario(scenario, arm64).steps[3]!.mprotect).not.toHaveProperty('maps');
  expect(some).toMatchObject(runScenario(scenario, arm64).steps[3]!.mprotect!);
});
