import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OrderCosts, StepCost, ValidatedTable } from '@ptelab/cost';
import { describe, expect, it } from 'vitest';
import { file, ptelab, ROOT } from './ptelab.fixture.ts';

const README = readFileSync(`${ROOT}/packages/cost/README.md`, 'utf8');

describe('cost', () => {
  it('lists machines, as the README of the package does', async () => {
    const { code, stdout, stderr } = await ptelab(['cost', '--markdown']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tidy = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
    const table = stdout.slice(stdout.indexOf('|'));
    expect(tidy(README)).toContain(tidy(table).trimEnd());
  });

  it('prints the prices of a machine with where they come from', async () => {
    const { code, stdout } = await ptelab(['cost', '--machine', 'apple-m3,zen3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^flush +325 +293 \.\. 356 +fitted +cover letter v5/m);
    expect(stdout).toContain('\nzen3: AMD EPYC 7003');
    const json = JSON.parse((await ptelab(['cost', '--machine', 'zen3', '--json'])).stdout) as {
      id: string;
    }[];
    expect(json.map(({ id }) => id)).toEqual(['zen3']);
  });

  it('compares published figures with predictions; nothing is outside without a reason', async () => {
    const { code, stdout, stderr } = await ptelab(['cost', '--validate', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { tables, unmodelled, unexplained } = JSON.parse(stdout) as {
      tables: ValidatedTable[];
      unmodelled: unknown[];
      unexplained: string[];
    };
    expect(unexplained).toEqual([]);
    expect(unmodelled.length).toBeGreaterThan(10);
    const rows = tables.flatMap((table) => table.rows);
    const validation = rows.filter(({ use }) => use === 'validation');
    const inside = validation.filter((row) => row.inside).length;
    const inRange = validation.filter((row) => row.inRange).length;
    expect(README).toContain(
      `Of ${String(validation.length)} validation rows ${String(inside)} are within 15 % of what was published`,
    );
    expect(README).toContain(`${String(inRange)} published figures lie in the predicted range`);
    for (const { id, use, inside: holds } of rows) {
      if (use === 'validation' && !holds) expect(README).toContain(`\`${id}\``);
    }
  });

  it('says from where on what pays', async () => {
    const { code, stdout } = await ptelab(['cost', '--break-even', '--machine', 'zen3']);
    expect(code).toBe(0);
    expect(stdout).toContain('merged is cheaper than per-pte from order 2 (16 KiB) on');
    const json = await ptelab(['cost', '--break-even', '--machine', 'zen3', '--json']);
    const [found] = JSON.parse(json.stdout) as { orders: OrderCosts }[];
    expect(found?.orders.series.map(({ label }) => label)).toEqual([
      'per-pte',
      'merged',
      'single-fast-path',
      'batch-hint',
    ]);
  });

  it('draws from where on what pays, for each machine and question', async () => {
    const folder = dirname(file('a.svg', ''));
    const args = ['cost', '--break-even', '--machine', 'zen3', '--svg'];
    const { code, stdout, stderr } = await ptelab([...args, folder]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `ptelab: 3 plots written to ${folder}\n`,
    });
    expect(stdout).toContain('Break-even on zen3');
    const names = ['q13-zen3.svg', 'q15-zen3.svg', 'q18-zen3.svg'];
    expect(readdirSync(folder).sort()).toEqual(['a.svg', ...names]);
    for (const name of names) {
      expect(readFileSync(`${folder}/${name}`, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    }
  });

  it('draws all or nothing, and only what it was asked', async () => {
    const folder = dirname(file('b.svg', ''));
    const inside = `${folder}/inside`;
    mkdirSync(`${inside}/q15-zen3.svg`, { recursive: true });
    const args = ['cost', '--break-even', '--machine', 'zen3', '--svg'];
    const refused = (words: readonly string[], message: string): Promise<void> =>
      expect(ptelab(words)).resolves.toEqual({
        code: 2,
        stdout: '',
        stderr: `ptelab: ${message}\n`,
      });
    await refused(
      [...args, inside],
      `--svg: expected a file, found a directory at ${inside}/q15-zen3.svg`,
    );
    expect(readdirSync(inside)).toEqual(['q15-zen3.svg']);
    await refused(
      [...args, `${folder}/none`],
      `--svg: expected a folder at ${folder}/none, found nothing there`,
    );
    await refused(
      [...args, `${folder}/b.svg`],
      `--svg: expected a folder at ${folder}/b.svg, found a file`,
    );
    await refused(
      ['cost', '--svg', folder],
      'cost: --svg: expected --break-even beside it, found none',
    );
  });

  it('compares recorded instructions with predictions, and fails outside of the bounds', async () => {
    const within = 'recordings/amd64-7.3-insn.ndjson.gz';
    const outside = 'recordings/arm64-7.3-insn.ndjson.gz';
    const markdown = await ptelab(['cost', '--instructions', within, '--markdown']);
    expect({ code: markdown.code, stderr: markdown.stderr }).toEqual({ code: 0, stderr: '' });
    expect(markdown.stdout).toMatch(/^### x86-64-7\.3\n\n- within the bounds\n\n\| family \|/m);
    const coloured = await ptelab(['cost', '--instructions', outside], {
      env: { FORCE_COLOR: '1' },
    });
    expect(coloured.code).toBe(1);
    expect(coloured.stdout).toContain('not within the bounds\u001B[');
    const json = await ptelab(['cost', '--instructions', within, outside, '--json']);
    const lines = json.stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { held: boolean }).held)).toEqual([
      true,
      false,
    ]);
  });

  it('fits prices to recorded instructions', async () => {
    const args = ['cost', '--fit-instructions', 'recordings/amd64-7.2-insn.ndjson.gz'];
    const { code, stdout } = await ptelab([...args, '--markdown']);
    expect(code).toBe(0);
    expect(stdout).toContain('|  | x86-64 7.2 |\n| --- | ---: |\n| calls | ');
    const prices = JSON.parse((await ptelab([...args, '--json'])).stdout) as object;
    expect(prices).toMatchObject({ 'x86-64-7.2': { calls: expect.any(Number) as number } });
  });

  it('refuses recordings without instruction counts', async () => {
    for (const flag of ['--instructions', '--fit-instructions']) {
      expect(await ptelab(['cost', flag, 'recordings/amd64-7.3.ndjson.gz'])).toMatchObject({
        code: 2,
        stdout: '',
        stderr:
          'ptelab: recordings/amd64-7.3.ndjson.gz: expected recordings with instruction counts, found none\n',
      });
    }
  });

  it('refuses what is no machine, and two questions at once', async () => {
    expect(await ptelab(['cost', '--machine', 'zen9'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^ptelab: --machine: expected apple-m3, .* found "zen9".*\n$/,
      ) as string,
    });
    expect(await ptelab(['cost', '--validate', '--break-even'])).toMatchObject({
      code: 2,
      stderr: 'ptelab: cost: expected one question, found --validate and --break-even\n',
    });
  });
});

describe('compare --cost', () => {
  const compare = ['compare', 'scenarios/basics/partial-range.yaml', '--cost'];

  it('adds predicted times of each machine to the table', async () => {
    const { code, stdout, stderr } = await ptelab([...compare, 'apple-m3,zen3']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^priced as +apple-m3 +apple-m3 +zen3 +zen3$/m);
    expect(stdout).toMatch(/^time +([\d.]+ µs\*? +){3}[\d.]+ µs\*?$/m);
    expect(stdout).toMatch(/^ {2}at least +[\d.]+ µs/m);
    expect(stdout).toMatch(/^ {2}at most +[\d.]+ µs/m);
    expect(stdout).toMatch(/^time ratio +1\.00 +0\.\d\d\*? +1\.00 +\d\.\d\d\*?$/m);
  });

  it('prints no time where no machine of the architecture was asked for', async () => {
    const { stdout } = await ptelab([...compare, 'zen3', '--markdown']);
    expect(stdout).toContain('| priced as | - | - | zen3 | zen3 |');
    const without = await ptelab(compare.slice(0, 2));
    expect(without.stdout).not.toContain('priced as');
  });

  it('prints them as JSON, with their parts and ranges', async () => {
    const { code, stdout } = await ptelab([...compare, 'apple-m3', '--json']);
    expect(code).toBe(0);
    const runs = JSON.parse(stdout) as { machine: { arch: string }; costs: StepCost[] }[];
    expect(runs.map(({ machine, costs }) => [machine.arch, costs.length > 0])).toEqual([
      ['arm64', true],
      ['arm64', true],
      ['x86-64', false],
      ['x86-64', false],
    ]);
    const totals = runs.slice(0, 2).map(({ costs: [first] }) => {
      const { machine, total, parts } = first!.cost;
      expect({ machine, step: first!.step }).toEqual({ machine: 'apple-m3', step: 3 });
      expect(total.low).toBeLessThan(total.likely);
      expect(total.high).toBeGreaterThan(total.likely);
      const sum = parts.reduce((ns, part) => ns + part.ns.likely, 0);
      expect(sum).toBeCloseTo(total.likely, 6);
      return total.likely;
    });
    expect(totals[1]).toBeLessThan(totals[0]!);
  });

  it('refuses two machines of one architecture', async () => {
    expect(await ptelab([...compare, 'zen3,zen4'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'ptelab: --cost: expected one machine for each architecture, found zen3 and zen4\n',
    });
  });
});
