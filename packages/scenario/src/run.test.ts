import { describe, expect, it } from 'vitest';
import { createMachine } from './machine.ts';
import { scenarioFromOpLines } from './op/op-lines.ts';
import { runScenario } from './run.ts';

const arm64 = createMachine({ arch: 'arm64', kernel: '7.3' });

/*
 * page  0               16              32
 *       | 64K folio     | 64K folio     |
 *       |   mprotect 8 .. 24  |
 */
const partial = scenarioFromOpLines('partial', [
  'thp 64 always',
  'mmap 0 32 rw anon',
  'w 0 32',
  'mprotect 8 16 r',
  'wf again 0 32 8',
  'dump end 0 32',
  'vmas end',
]);

const { structuredClone } = globalThis as unknown as { structuredClone: <T>(value: T) => T };

describe('runScenario', () => {
  const run = runScenario(partial, arm64);

  it('gives plain data', () => {
    expect(structuredClone(run)).toEqual(run);
    expect(JSON.parse(JSON.stringify(run))).toEqual(run);
  });

  it('gives the same twice', () => {
    expect(JSON.stringify(runScenario(partial, arm64))).toBe(JSON.stringify(run));
  });

  it('names the machine', () => {
    expect(run.machine).toEqual({ arch: 'arm64', kernel: '7.3', strategy: expect.any(String) });
  });

  it('shows the batches of an mprotect, by page of the story', () => {
    const step = run.steps[3]!;
    expect(step.op).toBe('mprotect 8 16 r');
    expect(step.mprotect).toMatchObject({ error: null, changed: 16 });
    expect(step.mprotect!.batches.map(({ at, nr, commits }) => ({ at, nr, commits }))).toEqual([
      { at: 8, nr: 8, commits: [8] },
      { at: 16, nr: 8, commits: [8] },
    ]);
    expect(step.mprotect!.flushes.at(-1)).toEqual({ at: 8, pages: 16, stride: 1 });
  });

  it('counts the events of a step only', () => {
    expect(run.steps[3]!.events.batches).toBe(2);
    expect(run.steps[4]!.events.batches).toBe(0);
  });

  it('shows dumps and VMAs', () => {
    expect(run.steps[5]!.dump!.pages).toHaveLength(32);
    expect(run.steps[5]!.dump!.pages[8]).toMatchObject({ folioOrder: 4, anonExclusive: true });
    expect(run.steps[6]!.vmas!.map(({ at, pages, perms }) => `${at} ${pages} ${perms}`)).toEqual([
      '0 8 rw-p',
      '8 16 r--p',
      '24 8 rw-p',
    ]);
  });

  it('leaves batches out without trace', () => {
    const [batches] = runScenario(partial, arm64, { trace: false }).steps.flatMap((step) =>
      step.mprotect === undefined ? [] : [step.mprotect.batches],
    );
    expect(batches).toEqual([]);
  });
});

it('ends at a step that the model lacks, and names it', () => {
  const scenario = scenarioFromOpLines('s', ['mmap 0 4 rw anon', 'sysw /proc/sys/vm/x 1', 'w 0 4']);
  const run = runScenario(scenario, arm64);
  expect(run.steps).toHaveLength(1);
  expect(run.unsupported).toEqual({ step: 1, line: 2, what: 'sysw' });
});

describe('signals', () => {
  function signals(...lines: string[]): number[] {
    return runScenario(scenarioFromOpLines('signals', lines), arm64).steps.map(
      (step) => step.signals,
    );
  }

  it('count pages that may not be touched', () => {
    expect(signals('mmap 0 4 r anon', 'r 0 4', 'w 0 4', 'w 2 4')).toEqual([0, 0, 4, 4]);
  });

  it('count those of a child too', () => {
    const lines = [
      'mmap 0 4 rw anon',
      'mprotect 1 2 r',
      'fork k',
      'child k w 0 4',
      'child k r 0 4',
    ];
    expect(signals(...lines)).toEqual([0, 0, 0, 2, 0]);
  });

  it('count pages beyond the end of a file', () => {
    expect(signals('file f /mnt/f 3', 'mmap 0 8 rw shared f', 'w 0 8')).toEqual([0, 0, 5]);
  });
});

describe('files', () => {
  it('of a path that is on no known file system end the run', () => {
    const run = runScenario(scenarioFromOpLines('home', ['file f /home/f 3']), arm64);
    expect(run.unsupported).toEqual({ step: 0, line: 1, what: 'a file at /home/f' });
  });

  it('are written back by fsync: the next write of every page faults on ext4', () => {
    const faults = (path: string) =>
      runScenario(
        scenarioFromOpLines('sync', [
          `file f ${path} 8`,
          'mmap 0 8 rw shared f',
          'w 0 8',
          'fsync f',
          'w 0 8',
        ]),
        arm64,
      ).steps.at(-1)?.faults;
    expect([faults('/mnt/f'), faults('/shm0/f')]).toEqual([8, 0]);
  });
});

it('a pass of the NUMA scanner takes the access to memory of another node', () => {
  const lines = ['thp 64 always', 'mmap 0 32 rw anon', 'w 0 32', 'node 0 16 1', 'numa_scan 0 32'];
  const story = scenarioFromOpLines('numa', [...lines, 'wf again 0 32', 'numa_scan 0 32']);
  const run = runScenario(story, arm64);
  expect(run.steps[4]!.events.batches).toBe(1);
  // one fault gives a whole folio back
  expect(run.steps[5]!.faultVector).toEqual([1, ...Array<number>(31).fill(0)]);
  expect(run.unsupported).toBeNull();
});
