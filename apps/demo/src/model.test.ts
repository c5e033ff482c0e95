import type { MachineSpec } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { explainEntry, runCase, type Cell } from './model.ts';

const BEFORE: MachineSpec = { arch: 'arm64', kernel: '6.16' };
const AFTER: MachineSpec = { arch: 'arm64', kernel: '6.17' };
const X86: MachineSpec = { arch: 'x86-64', kernel: '6.17' };

const [wholeFolio] = CASES;

/** Entries as folio number and marks, e.g. `0WDEc`. */
function text(cells: readonly Cell[] | undefined): string[] {
  return (cells ?? []).map(({ folio, write, dirty, exclusive, cont }) =>
    [
      folio ?? '-',
      write ? 'W' : '',
      dirty ? 'D' : '',
      exclusive === true ? 'E' : '',
      cont === null ? '' : 'c',
    ].join(''),
  );
}

describe('runCase', () => {
  const view = runCase(wholeFolio, BEFORE);
  const steps = view.steps.map(({ cells }) => cells);

  it('gives plain data, with one step for each operation', () => {
    expect(structuredClone(view)).toEqual(view);
    expect(view.steps).toHaveLength(wholeFolio.operations.length);
    expect(view).toMatchObject({ spec: BEFORE, strategy: 'per-pte', unsupported: null });
  });

  it('shows the entries after each step', () => {
    expect(text(steps[1])).toEqual(Array(16).fill('-'));
    expect(text(steps[2])).toEqual(Array(16).fill('0WDEc'));
    expect(text(steps[3])).toEqual(Array(16).fill('0DEc'));
    expect(text(runCase(wholeFolio, X86).steps[3]?.cells)).toEqual(Array(16).fill('0DE'));
  });

  it('marks the entries that the step changed', () => {
    const changed = steps.map((cells) => cells.filter((cell) => cell.changed).length);
    expect(changed).toEqual([0, 0, 16, 16, 16]);
    const hole = CASES.find(({ name }) => name === 'hole')!;
    const left = runCase(hole, AFTER)
      .steps.at(-1)!
      .cells.filter((cell) => !cell.changed);
    expect(left.map(({ page }) => page)).toEqual([5, 6, 7]);
  });

  it('shows no folio and no dirt where memory was only read', () => {
    const read = {
      ...wholeFolio,
      operations: [...wholeFolio.operations.slice(1, 2), { op: 'read', at: 0, pages: 1 } as const],
    };
    const [first] = runCase(read, AFTER).steps[1]!.cells;
    expect(first).toMatchObject({ present: true, dirty: false, folio: null, exclusive: null });
  });

  it('counts the step alone', () => {
    const { rawReads, rawWrites, xchg } = view.steps[3]!.events;
    expect([rawReads, rawWrites, xchg]).toEqual([80, 48, 48]);
    const after = runCase(wholeFolio, AFTER).steps[3]!.events;
    expect([after.rawReads, after.rawWrites, after.xchg]).toEqual([3, 16, 16]);
  });

  it('shows VMAs, and batches of mprotect only', () => {
    expect(view.steps[3]!.vmas.map(({ perms }) => perms)).toEqual(['r--p']);
    expect(view.steps.map(({ mprotect }) => mprotect?.batches.length)).toEqual([
      ...Array<undefined>(3),
      16,
      16,
    ]);
  });

  it('stops where the model lacks something, and names it', () => {
    const lacking = {
      ...wholeFolio,
      operations: [...wholeFolio.operations.slice(0, 2), { op: 'sysw', args: [] } as const],
    };
    expect(runCase(lacking, AFTER)).toMatchObject({ steps: [{}, {}], unsupported: 'sysw' });
  });
});

describe('explainEntry', () => {
  it('gives every bit of an arm64 and an x86-64 entry once, highest first', () => {
    for (const spec of [AFTER, X86]) {
      const raw = runCase(wholeFolio, spec).steps[3]!.cells[0]!.raw!;
      const bits = explainEntry(spec, raw).flatMap((field) => {
        const [high = 0, low = high] = field.bits.split(':').map(Number);
        return Array.from({ length: high - low + 1 }, (_, i) => high - i);
      });
      expect(bits).toEqual(Array.from({ length: 64 }, (_, i) => 63 - i));
    }
  });

  it('names the value before, bit by bit', () => {
    const before = '0x8000000010000867';
    const after = '0x0400fffffefff920';
    const changed = explainEntry(X86, after, before).filter(({ was }) => was !== null);
    expect(changed.map(({ bits, name, value, was }) => [bits, name, value, was])).toEqual([
      ['63', 'NX', '0', '1'],
      ['58', 'SAVED_DIRTY', '1', '0'],
      ['51:12', 'PFN', '0xfffffefff', '0x10000'],
      ['8', 'PROTNONE', '1', '0'],
      ['6', 'DIRTY', '0', '1'],
      ['2', 'USER', '0', '1'],
      ['1', 'RW', '0', '1'],
      ['0', 'PRESENT', '0', '1'],
    ]);
    expect(explainEntry(X86, after, after).filter(({ was }) => was !== null)).toEqual([]);
  });

  it('gives nothing for an empty entry', () => {
    expect(explainEntry(AFTER, '0x0000000000000000')).toEqual([]);
    expect(explainEntry(AFTER, null)).toEqual([]);
  });
});
