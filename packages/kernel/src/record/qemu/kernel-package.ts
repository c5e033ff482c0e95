import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { GuestMachine } from './guest-machine.ts';
import { PtelabEnvironmentError } from '../../environment-error.ts';
import { PtelabInputError } from '../../input-error.ts';
import { ProgramError, runProgram } from './run-program.ts';

const MIRROR = 'http://deb.debian.org/debian';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SUITE = /^[a-z][a-z0-9-]*$/;
const PACKAGE = /^linux-image-[a-z0-9.+-]+$/;

/** A kernel package, unpacked. */
export interface UnpackedKernel {
  /** As `uname -r` says. */
  readonly release: string;
  readonly image: string;
  /** Its build configuration. */
  readonly config: string;
  readonly modules: string;
}

/** apt with a state of its own: nothing of this machine's is read or changed. */
async function makeAptRoot(folder: string, suite: string, arch: string): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'etc/preferences.d']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const config = join(folder, 'apt.conf');
  const sources = join(folder, 'sources.list');
  await writeFile(join(folder, 'status'), '');
  await writeFile(sources, `deb [arch=${arch} signed-by=${KEYRING}] ${MIRROR} ${suite} main\n`);
  await writeFile(
    config,
    [
      `Dir::State "${folder}/state";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      `Dir::Etc "${folder}/etc";`,
      `Dir::Etc::sourcelist "${sources}";`,
      `APT::Architecture "${arch}";`,
      `APT::Architectures { "${arch}"; };`,
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      '',
    ].join('\n'),
  );
  return config;
}

function newestImage(depends: string): string | undefined {
  return /^\s*Depends: (linux-image-\S+)/m.exec(depends)?.[1];
}

/** Packages that hold parts of a kernel: newer ones have image, modules and configuration in three. */
function kernelParts(depends: string): string[] {
  const parts = /^\s*Depends: (linux-(?:base|binary|modules)-\S+)/gm;
  return [...depends.matchAll(parts)].map(([, name]) => name ?? '');
}

/** Which package of a suite to take. */
export interface SuiteChoice {
  readonly suite: string;
  /** Name of the package. @defaultValue what the suite's `linux-image-ARCH` depends on */
  readonly name?: string;
}

/**
 * Downloads a kernel of a Debian suite.
 *
 * @returns paths of the .deb files that hold it.
 * @throws PtelabEnvironmentError if the suite or the package is not there.
 */
export async function downloadKernel(
  { suite, name }: SuiteChoice,
  machine: GuestMachine,
  folder: string,
): Promise<readonly string[]> {
  if (!SUITE.test(suite)) {
    throw new PtelabEnvironmentError(
      'no-kernel',
      `--debian-suite: expected a suite such as trixie, found ${suite}`,
    );
  }
  if (name !== undefined && !PACKAGE.test(name)) {
    throw new PtelabEnvironmentError(
      'no-kernel',
      `--kernel-package: expected linux-image-..., found ${name}`,
    );
  }
  const root = join(folder, 'apt');
  const env = { APT_CONFIG: await makeAptRoot(root, suite, machine.debianArch) };
  try {
    await runProgram('apt-get', ['-q', 'update'], { env });
    const meta = `linux-image-${machine.debianArch}`;
    const dependsOf = async (of: string): Promise<string> =>
      (await runProgram('apt-cache', ['depends', of], { env })).toString('utf8');
    const image = name ?? newestImage(await dependsOf(meta));
    if (image === undefined) {
      const text = `${suite}: expected ${meta} to need a package linux-image-*, found none`;
      throw new PtelabEnvironmentError('no-kernel', text);
    }
    const parts = kernelParts(await dependsOf(image));
    await runProgram('apt-get', ['-q', 'download', image, ...parts], { env, cwd: root });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new PtelabEnvironmentError(
      'no-kernel',
      `${suite}: expected a kernel to download, ${error.message}`,
    );
  }
  const files = (await readdir(root)).filter((entry) => entry.endsWith('.deb'));
  return files.map((file) => join(root, file));
}

/** Where packages put modules; older ones keep to the second. */
const MODULE_FOLDERS = ['usr/lib/modules', 'lib/modules'] as const;

/** The folder of the kernel's release among the modules, or null. */
async function releaseFolder(root: string): Promise<string | null> {
  for (const folder of MODULE_FOLDERS) {
    const [release] = await readdir(join(root, folder)).catch(() => []);
    if (release !== undefined) return join(root, folder, release);
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Newer packages put image and configuration beside the modules, older ones into /boot. */
async function findPart(root: string, folder: string, name: string): Promise<string | null> {
  const candidates = [join(folder, name), join(root, 'boot', `${name}-${basename(folder)}`)];
  for (const path of candidates) if (await exists(path)) return path;
  return null;
}

/**
 * Unpacks the packages of a kernel of Debian.
 *
 * @throws PtelabInputError if they are not .deb files with a kernel, its configuration and its modules.
 */
export async function unpackKernel(
  debs: readonly string[],
  folder: string,
): Promise<UnpackedKernel> {
  const root = join(folder, 'kernel');
  for (const deb of debs) {
    try {
      await runProgram('dpkg-deb', ['-x', deb, root]);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      throw new PtelabInputError(
        'not-a-kernel',
        deb,
        0,
        `expected a Debian package, ${error.message}`,
      );
    }
  }
  const found = await releaseFolder(root);
  const image = found === null ? null : await findPart(root, found, 'vmlinuz');
  const config = found === null ? null : await findPart(root, found, 'config');
  const modules = found === null ? '' : join(found, 'kernel');
  if (found === null || image === null || config === null || !(await exists(modules))) {
    const expected = 'expected vmlinuz, config and modules of one kernel, found not all of them';
    const hint = 'newer kernels have them in linux-binary-*, linux-base-* and linux-modules-*';
    throw new PtelabInputError('not-a-kernel', debs.join(', '), 0, `${expected}; ${hint}`);
  }
  return { release: basename(found), image, config, modules };
}
