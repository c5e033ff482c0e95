import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { file, ptelab, type Ended } from './ptelab.fixture.ts';

/*
 * What `record --qemu` refuses before anything is downloaded or booted. packages/kernel/test/rig.test.ts
 * boots guests, on demand.
 */

const STORY = file('story.txt', 'scenario a_story\nmmap 0 4 rw anon # four pages\nw 0 4\n');
const OUT = join(mkdtempSync(join(tmpdir(), 'ptelab-record-')), 'out.ndjson');

function record(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return ptelab(['record', '--qemu', '-o', OUT, ...words], { env });
}

describe.runIf(process.platform === 'linux')('record --qemu refuses', () => {
  it.each([
    [[STORY], 'expected --kernel-deb or --debian-suite, found neither'],
    [
      [STORY, '--kernel-deb', 'x', '--debian-suite', 'sid'],
      'expected --kernel-deb or --debian-suite, found both',
    ],
    [
      [STORY, '--kernel-deb', 'x', '--kernel-package', 'linux-image-x'],
      '--kernel-package: expected with --debian-suite only',
    ],
    [
      [STORY, '--debian-suite', 'sid', '--arch', 'mips'],
      '--arch: expected arm64, x86-64, found "mips"',
    ],
    [
      [STORY, '--debian-suite', 'sid', '--timeout', '-1'],
      '--timeout: expected seconds from 1, found -1',
    ],
    [
      [STORY, '--debian-suite', 'sid', '--cpu', 'a b'],
      '--cpu: expected a CPU model of qemu, found a b',
    ],
    [
      [STORY, '--debian-suite', 'sid', '--family', 'nobody'],
      'expected scenarios to record whose name begins with nobody, found none',
    ],
  ])('%j', async (words, message) => {
    expect(await record(words)).toEqual({ code: 2, stdout: '', stderr: `ptelab: ${message}\n` });
  });

  it.each([
    ['mmap 0 4 rw anon\n', /:/],
    ['scenario x\nmmap 0 -4 rw anon\n', /:2: /],
    ['scenario x\nfly 0 4\n', /:2: /],
    ['scenario x\nmmap 0 4 rw anon\nsysw /proc/sys/kernel/panic 1\n', /:3: /],
    [`scenario x\nmmap 0 4 rw anon ${'y'.repeat(2000)}\n`, /:2: /],
    ['\0\u0001\u0002', /:/],
    ['', /:/],
  ])('the story %j', async (text, place) => {
    const { code, stderr } = await record([file('bad.txt', text), '--debian-suite', 'sid']);
    expect(stderr).toMatch(/^ptelab: [^\n]*\n$/);
    expect(stderr).toMatch(place);
    expect(code).toBe(2);
  });

  it('what a recording holds that is no scenario', async () => {
    const step = { schema: 1, scenario: 'x', kernel: '6.12', cpu: 'c', base: '0x0', arch: 'arm64' };
    const rest = { page_size: 4096, config: {}, source: ['scenario x', 'w 0 4\nfly'], steps: [] };
    const path = file('bad.ndjson', `${JSON.stringify({ ...step, ...rest })}\n`);
    const { code, stderr } = await record([path, '--debian-suite', 'sid']);
    expect(stderr).toMatch(/^ptelab: [^\n]*bad\.ndjson:[^\n]*\n$/);
    expect(code).toBe(2);
  });

  it('flags of guests without a guest', async () => {
    const { code, stderr } = await ptelab(['record', STORY, '-o', OUT, '--cpu', 'max']);
    expect(stderr).toBe('ptelab: --cpu: expected with --qemu only\n');
    expect(code).toBe(2);
  });

  it('a machine without qemu, and names the packages', async () => {
    const { code, stderr } = await record([STORY, '--debian-suite', 'sid'], { PATH: '/nowhere' });
    expect(stderr).toMatch(
      /^ptelab: expected qemu-system-aarch64, [^\n]*on Debian: apt-get install [^\n]*qemu-system-arm [^\n]*\n$/,
    );
    expect(code).toBe(3);
    expect(existsSync(OUT)).toBe(false);
  });

  it('a file that is no package', async () => {
    const { code, stderr } = await record([STORY, '--kernel-deb', STORY]);
    expect(stderr).toMatch(/^ptelab: [^\n]*(not a Debian format archive|apt-get install)[^\n]*\n$/);
    // Where qemu is missing, that is said first.
    expect([2, 3]).toContain(code);
  });
});
