import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bootGuest, qemuWords, type Boot } from './boot-guest.ts';
import { GUEST_MACHINES } from './guest-machine.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptelab-boot-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A boot of a program that behaves as the shell lines say. */
async function bootOf(lines: string, timeout = 20): Promise<Boot> {
  const qemu = join(folder, 'qemu');
  await writeFile(qemu, `#!/bin/sh\ncd ${folder}\n${lines}\n`);
  await chmod(qemu, 0o755);
  const machine = { ...GUEST_MACHINES.arm64, qemu };
  const [image, initrd, disk] = ['image', 'initrd', 'disk'];
  return { machine, cpu: 'neoverse-n1', image, initrd, disk, folder, timeout };
}

it('gives what the guest wrote, and what it could not do', async () => {
  const boot = await bootOf(
    'echo "{}" > out.ndjson\nprintf "rig: note module x\\r\\n[ 1.0] y\\n[ 1.1] rig: ended 0\\n" > console.log',
  );
  expect(await bootGuest(boot)).toEqual({ output: '{}\n', notes: ['module x'] });
});

it('says how a guest failed, and where its logs are', async () => {
  const boot = await bootOf('echo "rig: failed to mount" > console.log; echo broken >&2');
  await expect(bootGuest(boot)).rejects.toMatchObject({
    code: 'guest-failed',
    message: `expected the guest to say "ended 0", found failed to mount (broken); logs are in ${folder}`,
  });
});

it('ends a guest that takes too long', async () => {
  const boot = await bootOf('echo "rig: started" > console.log; exec sleep 600', 1);
  await expect(bootGuest(boot)).rejects.toMatchObject({
    code: 'guest-timeout',
    message: `expected the guest to end within 1 s, last seen: started; logs are in ${folder}`,
  });
});

it('emulates in software, on one CPU, with a fixed layout', async () => {
  const words = qemuWords(await bootOf('')).join(' ');
  expect(words).toContain('-cpu neoverse-n1 -accel tcg -smp 1');
  expect(words).toContain('console=ttyAMA0 nokaslr rdinit=/init');
});
