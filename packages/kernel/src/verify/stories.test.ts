import { formatOpLine, parseOpLine, StoryCheck } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { liveScenario } from '../live/live-scenario.ts';
import { storyOf } from './stories.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

it('a seed always tells the same story, and another seed another', () => {
  expect(storyOf(7, { ext4: true })).toEqual(storyOf(7, { ext4: true }));
  expect(storyOf(7, { ext4: true })).not.toEqual(storyOf(8, { ext4: true }));
});

it('stories can be meant as written, by a kernel too', () => {
  for (const seed of SEEDS) {
    const operations = storyOf(seed, { ext4: true });
    const check = new StoryCheck();
    for (const operation of operations) {
      expect(check.step(operation)).toBeNull();
      expect(parseOpLine(formatOpLine(operation))).toEqual(operation);
    }
    const steps = operations.map((operation) => ({ operation, expect: [], line: 1 }));
    const scenario = { name: 's', title: '', description: '', steps };
    expect(liveScenario(scenario, 's').lines).toHaveLength(operations.length);
  }
});

it('no story waits for ever: no guards where markers of userfaultfd may be in a file', () => {
  for (const seed of [2004, 2881, 4793]) {
    const lines = storyOf(seed, { ext4: true }).map(formatOpLine);
    expect(lines.some((line) => line.startsWith('uffd_wp'))).toBe(true);
    expect(lines.some((line) => line.endsWith('GUARD_INSTALL'))).toBe(false);
  }
});

it('all kinds of memory and of operations occur, ext4 only where there is one', () => {
  const lines = SEEDS.flatMap((seed) => storyOf(seed, { ext4: true }).map(formatOpLine));
  for (const start of ['mprotect', 'fork', 'child', 'mremap', 'uffd_wp', 'mlock', 'clear_refs']) {
    expect(lines.some((line) => line.startsWith(start))).toBe(true);
  }
  for (const part of ['shanon', '/shm0/', '/shm1/', '/shmw/', '/mnt/']) {
    expect(lines.some((line) => line.includes(part))).toBe(true);
  }
  const without = SEEDS.flatMap((seed) => storyOf(seed, { ext4: false }).map(formatOpLine));
  expect(without.some((line) => line.includes('/mnt/'))).toBe(false);
});
