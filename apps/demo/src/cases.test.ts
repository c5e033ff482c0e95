import { KERNEL_RELEASES, type ArchName, type KernelRelease } from '@ptelab/pte';
import { opLinesOfScenario, scenarioFromOpLines } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { CASES, type Case } from './cases.ts';
import { runCase, scenarioOf, type StepView } from './model.ts';

function named(name: string): Case {
  return CASES.find((candidate) => candidate.name === name)!;
}

/** The last two steps of a case: there and back. */
function thereAndBack(name: string, arch: ArchName, kernel: KernelRelease): [StepView, StepView] {
  const { steps } = runCase(named(name), { arch, kernel });
  return [steps.at(-2)!, steps.at(-1)!];
}

const lengths = (step: StepView): number[] => step.mprotect!.batches.map(({ nr }) => nr);

describe.each(CASES)('$name', (chosen) => {
  it('is a story that fits the grid', () => {
    expect(chosen.pages).toBeLessThanOrEqual(128);
    const lines = opLinesOfScenario(scenarioOf(chosen));
    expect(opLinesOfScenario(scenarioFromOpLines(chosen.name, lines))).toEqual(lines);
  });

  it('runs to its end on every machine', () => {
    for (const arch of ['arm64', 'x86-64'] as const) {
      for (const kernel of KERNEL_RELEASES) {
        const view = runCase(chosen, { arch, kernel });
        expect([view.unsupported, view.steps.length]).toEqual([null, chosen.operations.length]);
      }
    }
  });
});

describe('what the cases say', () => {
  it('whole folio: dissolved and built again, or left whole; the same entries', () => {
    const [before] = thereAndBack('whole-folio', 'arm64', '6.16');
    const [after] = thereAndBack('whole-folio', 'arm64', '6.17');
    expect(before.events).toMatchObject({ unfolds: 1, folds: 1 });
    expect(after.events).toMatchObject({ unfolds: 0, folds: 0, batches: 1 });
    expect(after.cells).toEqual(before.cells);
  });

  it('part of a block: both blocks dissolved; one built again, entry by entry only', () => {
    for (const [kernel, folds] of [
      ['6.16', 1],
      ['6.17', 0],
    ] as const) {
      const [there, back] = thereAndBack('partial-block', 'arm64', kernel);
      expect([there.events.unfolds, back.events.folds]).toEqual([2, folds]);
      const built = back.cells.filter(({ cont }) => cont === 'valid').map(({ page }) => page);
      expect(built).toEqual(Array.from({ length: folds * 16 }, (_, page) => page));
    }
  });

  it('hole: two batches instead of thirteen', () => {
    expect(lengths(thereAndBack('hole', 'arm64', '6.16')[0])).toEqual(Array(13).fill(1));
    expect(lengths(thereAndBack('hole', 'arm64', '6.17')[0])).toEqual([5, 8]);
    const { steps } = runCase(named('hole'), { arch: 'arm64', kernel: '6.17' });
    expect(steps[3]!.events.unfolds).toBe(1);
  });

  it('mixed sizes: a batch for each folio, one contiguous block', () => {
    const [{ cells, ...step }] = thereAndBack('mixed-folios', 'arm64', '6.17');
    expect(lengths({ cells, ...step })).toEqual([4, 8, 16, 8, 4, 1, 1, 1]);
    expect(new Set(cells.map(({ folio }) => folio)).size).toBe(8 + 1);
    expect(cells.filter(({ cont }) => cont !== null).map(({ page }) => page)).toEqual(
      Array.from({ length: 16 }, (_, i) => 16 + i),
    );
  });

  it.each([
    ['arm64', '6.16', null, 1],
    ['arm64', '6.17', 'invalid', 1],
    ['arm64', '6.18', 'invalid', 1],
    ['arm64', '6.19', 'invalid', 0],
    ['arm64', '7.3', null, 0],
    ['x86-64', '6.17', null, 0],
  ] as const)('PROT_NONE on %s %s: CONT is %s, %i final flush', (arch, kernel, cont, flushes) => {
    const [there, back] = thereAndBack('prot-none', arch, kernel);
    expect(there.cells.every((cell) => cell.protNone && cell.cont === cont)).toBe(true);
    expect(back.events.flushCalls - back.events.folds).toBe(flushes);
  });

  it('fork: page 3 is copied or reused, and alone becomes writable', () => {
    for (const [kernel, folio] of [
      ['6.12', 1],
      ['6.16', 0],
      ['6.17', 0],
    ] as const) {
      const [, { cells }] = thereAndBack('fork', 'arm64', kernel);
      expect(cells[3]!.folio).toBe(folio);
      expect(cells.filter(({ write }) => write).map(({ page }) => page)).toEqual([3]);
      expect(cells.filter(({ exclusive }) => exclusive).map(({ page }) => page)).toEqual([3]);
    }
    const [, back] = thereAndBack('fork', 'arm64', '6.17');
    expect(back.mprotect!.batches.map(({ nr, commits }) => [nr, commits])).toEqual([
      [16, [3, 1, 12]],
    ]);
  });
});
