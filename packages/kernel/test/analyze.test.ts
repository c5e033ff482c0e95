import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMachine, type Machine } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { analyzeSnapshot } from '../src/analyze/analyze.ts';
import type { Analysis } from '../src/analyze/analysis.ts';
import type { ThpMap } from '../src/analyze/thpmaps.ts';
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

function asPrinted({ figures }: ThpMap): Record<string, string> {
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([, { kb }]) => kb > 0)
      .map(([label, { kb, percent }]) => [label, `${kb} kB (${percent}%)`]),
  );
}

async function analyze(name: string, machines: readonly Machine[] = []): Promise<Analysis> {
  const { info, records } = await openSnapshot(`${SNAPSHOTS}${name}.parquet`);
  return analyzeSnapshot({ host: info, records: records() }, { machines, contKb: [16, 64, 2048] });
}

it.each(['folios', 'java'])('says of every VMA what thpmaps said: %s', async (name) => {
  const printed = printedFigures(name);
  const { vmas } = await analyze(name);
  const found = new Map(
    vmas.map(({ vma, thpmaps }) => [
      `${vma.pid} ${(vma.start * 4096).toString(16).padStart(16, '0')}`,
      thpmaps === null ? {} : asPrinted(thpmaps),
    ]),
  );
  expect(found).toEqual(printed);
  expect([...printed.values()].flatMap(Object.keys).length).toBeGreaterThan(20);
});

describe('rounds of the model', () => {
  const x86 = createMachine({ arch: 'x86-64', kernel: '6.17' });

  it('make as many batches as the figures say', async () => {
    const { vmas } = await analyze('folios', [x86]);
    const rounds = vmas.flatMap((vma) => vma.rounds.map((round) => ({ ...vma, round })));
    expect(rounds.length).toBeGreaterThan(50);
    for (const { batches, round } of rounds) {
      const { batches: made, hugePmdChanges } = round.protect;
      expect({ made, huge: hugePmdChanges * 512 }).toEqual({
        made: batches.batches,
        huge: batches.pmdMapped,
      });
    }
  });

  it('also end batches on arm64 where contiguous entries begin', async () => {
    const arm = createMachine({ arch: 'arm64', kernel: '6.17' });
    const { vmas } = await analyze('folios', [arm]);
    const more = vmas.flatMap(({ batches, rounds }) =>
      rounds.map(({ protect }) => protect.batches - batches.batches),
    );
    // A folio of which a part was unmapped, moved or copied has blocks that are contiguous and others.
    expect(more.filter((nr) => nr !== 0)).toEqual([1, 2, 2]);
  });

  it('change the same pages in both directions, whatever the folios', async () => {
    const { anonymous, whatIf } = await analyze('folios', [x86]);
    const [single, ...large] = whatIf;
    expect(single).toMatchObject({ kb: 4, pages: anonymous.pages });
    expect(single?.rounds[0]?.protect.batches).toBe(anonymous.pages);
    for (const { pages, rounds } of large) {
      const [round] = rounds;
      expect(pages).toBeGreaterThanOrEqual(anonymous.pages);
      expect(round?.protect.commits).toBeLessThan(single?.rounds[0]?.protect.commits ?? 0);
    }
  });
});
