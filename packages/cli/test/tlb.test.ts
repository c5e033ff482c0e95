import { readdirSync, readFileSync } from 'node:fs';
import { KERNEL_RELEASES } from '@ptelab/pte';
import { parseScenario, type Run } from '@ptelab/scenario';
import { beforeAll, describe, expect, it } from 'vitest';
import { file, ptelab, ROOT } from './ptelab.fixture.ts';

const STALE = 'scenarios/findings/stale-write-permission.yaml';
const scenarios = ['basics', 'cover-letter', 'findings'].flatMap((folder) =>
  readdirSync(`${ROOT}/scenarios/${folder}`).map((name) => `scenarios/${folder}/${name}`),
);

describe('run --tlb', () => {
  describe.each(['block', 'page'])('%s', (tlb) => {
    let runs: Run[] = [];
    const machines = 2 * KERNEL_RELEASES.length;

    beforeAll(async () => {
      const kernels = ['--kernel', KERNEL_RELEASES.join(',')];
      const { stdout } = await ptelab(['run', ...scenarios, '--json', '--tlb', tlb, ...kernels]);
      runs = JSON.parse(stdout) as Run[];
      expect(runs).toHaveLength(scenarios.length * machines);
    });

    it.each([...scenarios.entries()])(
      '%i, %s, leaves nothing stale on any kernel',
      (index, path) => {
        const own = runs.slice(index * machines, (index + 1) * machines);
        const { name } = parseScenario(readFileSync(`${ROOT}/${path}`, 'utf8'), path);
        expect(own.map((run) => run.scenario.name)).toEqual(Array(machines).fill(name));
        const steps = own.flatMap((run) => run.steps);
        expect(own.every((run) => run.tlb === tlb)).toBe(true);
        const kinds = steps.flatMap(({ violations = [] }) => violations.map(({ kind }) => kind));
        expect(kinds.filter((kind) => kind !== 'OverlapConflict')).toEqual([]);
      },
    );
  });

  it('shows the stale permission of series-v3 with one command', async () => {
    const args = ['run', STALE, '--arch', 'x86-64', '--strategy', 'series-v3'];
    const { code, stdout } = await ptelab(args);
    expect(code).toBe(0); // the scenario expects it
    expect(stdout).toContain('StalePermission pages 1 after the call: TLB rw-, table r--\n');
  });

  it('ends with 1 if nobody expected it', async () => {
    const path = file(
      'stale.yaml',
      `name: x
steps:
  - thp: { kb: 16, enabled: always }
  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }
  - write: { at: 0, pages: 4 }
  - forkexit: { id: child }
  - write: { at: 1, pages: 1 }
  - mprotect: { at: 0, pages: 4, prot: r }
`,
    );
    const args = ['run', path, '--arch', 'x86-64', '--strategy', 'series-v3', '--tlb', 'page'];
    const { code, stdout, stderr } = await ptelab(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/mprotect 0 4 r +4 +1 violation\n/);
    expect(stderr).toBe(
      `ptelab: ${path}:8: x86-64 7.3 series-v3: StalePermission, first at page 1\n`,
    );
  });

  it('refuses other words', async () => {
    const { code, stderr } = await ptelab(['run', STALE, '--tlb', 'blok']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'ptelab: --tlb: expected block, page, found "blok" (did you mean block?)\n',
    );
  });
});
