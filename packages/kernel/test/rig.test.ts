import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformFiles, recordInGuest, type GuestArch } from '../src/index.ts';

/*
 * Boots kernels, which takes minutes and needs qemu and Debian's mirror: only on demand.
 * PTELAB_RIG_SUITE names another suite than trixie.
 */
const SUITE = process.env.PTELAB_RIG_SUITE ?? 'trixie';
const MINUTES = 60_000;

const STORY = {
  name: 'a_rig',
  lines: [
    'thp 64 always',
    'mmap 0 64 rw anon',
    'w 0 64',
    'dump init 0 64',
    'mprotect 5 40 r',
    'dump r 0 64',
    'mprotect 5 40 rw',
    'dump rw 0 64',
    'wf w 0 64',
  ],
};

describe.runIf(process.env.PTELAB_RIG === '1')('a guest', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ptelab-rig-test-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each<GuestArch>(['arm64', 'x86-64'])(
    'of %s is recorded, and the model agrees',
    async (arch) => {
      const { text, failed, notes } = await recordInGuest({
        arch,
        kernel: { suite: SUITE },
        stories: [STORY],
        timeout: 900,
      });
      expect({ failed, notes }).toEqual({ failed: [], notes: [] });
      const file = join(folder, `${arch}.ndjson`);
      await writeFile(file, text);
      for (const mode of ['step', 'story'] as const) {
        const summary = await conformFiles([file], { mode });
        expect(summary.mismatches).toBe(0);
        expect(summary.ptes).toBeGreaterThan(100);
      }
    },
    20 * MINUTES,
  );
});
