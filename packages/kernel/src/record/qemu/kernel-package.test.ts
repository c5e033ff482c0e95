import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GUEST_MACHINES } from './guest-machine.ts';
import { downloadKernel, unpackKernel } from './kernel-package.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptelab-package-'));
});

afterAll(() => rm(folder, { recursive: true }));

it.each([
  [{ suite: 'trixie; rm -rf /' }, '--debian-suite: expected a suite such as trixie, found'],
  [{ suite: '' }, '--debian-suite'],
  [{ suite: 'sid', name: 'bash' }, '--kernel-package: expected linux-image-..., found bash'],
  [{ suite: 'sid', name: '-o=x' }, '--kernel-package'],
])('refuses %j before anything is downloaded', async (choice, message) => {
  await expect(downloadKernel(choice, GUEST_MACHINES.arm64, folder)).rejects.toThrow(message);
});

it('refuses what is no package', async () => {
  const file = join(folder, 'junk.deb');
  await writeFile(file, 'junk');
  await expect(unpackKernel([file], folder)).rejects.toMatchObject({
    code: expect.stringMatching(/not-a-kernel/) as string,
  });
});
