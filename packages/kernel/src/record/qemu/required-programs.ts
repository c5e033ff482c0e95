import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { PtelabEnvironmentError } from '../../environment-error.ts';

const NATIVE_COMPILER = 'gcc libc6-dev';

/** Which Debian packages hold a program. */
const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-aarch64': 'qemu-system-arm',
  'qemu-system-x86_64': 'qemu-system-x86 seabios ipxe-qemu',
  'aarch64-linux-gnu-gcc':
    process.arch === 'arm64' ? NATIVE_COMPILER : 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross',
  'x86_64-linux-gnu-gcc':
    process.arch === 'x64' ? NATIVE_COMPILER : 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
  xz: 'xz-utils',
  mke2fs: 'e2fsprogs',
};

/** Where programs for administrators lie is not on every user's path. */
const FOLDERS: readonly string[] = [
  ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  '/usr/sbin',
  '/sbin',
];

/** Where a program lies, or null. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of FOLDERS) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** The line that is said about programs that are not there. */
export function missingProgramsLine(missing: readonly string[]): string {
  const packages = [...new Set(missing.flatMap((name) => (PACKAGES[name] ?? name).split(' ')))];
  return (
    `expected ${missing.join(', ')}, found none; on Debian: ` +
    `apt-get install --no-install-recommends ${packages.join(' ')}`
  );
}

/**
 * Makes sure that programs are there.
 *
 * @throws PtelabEnvironmentError naming those that are not, and the Debian packages that hold them.
 */
export async function requirePrograms(names: readonly string[]): Promise<void> {
  const found = await Promise.all(names.map(findProgram));
  const missing = names.filter((_, i) => found[i] === null);
  if (missing.length > 0)
    throw new PtelabEnvironmentError('missing-programs', missingProgramsLine(missing));
}
