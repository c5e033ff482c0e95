import { expect, it } from 'vitest';
import { findProgram, missingProgramsLine, requirePrograms } from './required-programs.ts';

it('names the packages of what is missing, each once', () => {
  expect(missingProgramsLine(['qemu-system-aarch64', 'mke2fs', 'mke2fs'])).toBe(
    'expected qemu-system-aarch64, mke2fs, mke2fs, found none; on Debian: ' +
      'apt-get install --no-install-recommends qemu-system-arm e2fsprogs',
  );
});

it('finds what is on the path', async () => {
  expect(await findProgram('sh')).toMatch(/\/sh$/);
  expect(await findProgram('ptelab-no-such-program')).toBeNull();
  await expect(requirePrograms(['sh'])).resolves.toBeUndefined();
  await expect(requirePrograms(['sh', 'ptelab-no-such-program'])).rejects.toMatchObject({
    code: 'missing-programs',
    message: expect.stringContaining('expected ptelab-no-such-program, found none') as string,
  });
});
