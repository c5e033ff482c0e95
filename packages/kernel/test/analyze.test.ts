import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMachine } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { analyzeSnapshot } from '../src/analyze/analyze.ts';
import type { Analysis, ThpMap } from '../src/analyze/analysis.ts';
import { openSnapshot } from '../src/snapshot/read.ts';

const SNAPSHOTS = fileURLToPath(new URL('snapshots/', import.meta.url));

type Printed = Map<string, Record<string, string>>;

/** What thpmaps printed, by process and start of the VMA. */
function printedFigures(name: string): Printed {
  const vmas: Printed = new Map();
  let figures: Record<string, string> = {};
  for (const line of readFileSync(`${SNAPSHOTS}${name}.thpmaps.txt`, 'utf8').split('\n')) {
    const vma = /^0*(\d+): ([0-9a-f]+)-/.exec(line);
    const figure = /^(\S+): +(\d+ kB.*)$/.exec(line);
    if (vma !== null) {
      figures = {};
      vmas.set(`${vma[1]!} ${vma[2]!}`, figures);
    } else if (figure !== null) figures[figure[1]!] = figure[2]!.replace(/\( +/, '(');
  }
  return vmas;
}

function asPrinted({ figures, totals }: ThpMap): Record<string, string> {
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([, { kb }]) => kb > 0)
      .map(([label, { kind, kb }]) => [
        label,
        `${kb} kB (${Math.round((100 * kb) / totals[kind])}%)`,
      ]),
  );
}

async function analyze(name: string, kernels: readonly ('6.16' | '6.17')[]): Promise<Analysis> {
  const { info, records } = await openSnapshot(`${SNAPSHOTS}${name}.parquet`);
  const machines = kernels.flatMap((kernel) => [
    createMachine({ arch: 'arm64', kernel }),
    createMachine({ arch: 'x86-64', kernel }),
  ]);
  return analyzeSnapshot({ host: info, records: records() }, { machines, contKb: [16, 64, 2048] });
}

it.each(['folios', 'java'])('says of every VMA what thpmaps said: %s', async (name) => {
  const printed = printedFigures(name);
  const { vmas } = await analyze(name, []);
  const found = new Map(
    vmas.map(({ vma, thpmaps }) => [
      `${vma.pid} ${(vma.start * 4096).toString(16).padStart(16, '0')}`,
      thpmaps === null ? {} : asPrinted(thpmaps),
    ]),
  );
  expect(found).toEqual(printed);
  expect([...printed.values()].flatMap(Object.keys).length).toBeGreaterThan(20);
});

it('finds as many batches as the model makes', async () => {
  const { vmas } = await analyze('folios', ['6.17']);
  let checked = 0;
  for (const { batches, rounds } of vmas) {
    for (const { protect } of rounds) {
      expect(protect.batches).toBe(batches.batches);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(100);
});
