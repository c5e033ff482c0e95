import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestMachine } from './guest-machine.ts';
import { RigError } from './rig-error.ts';
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

/** Which package of a suite to take. */
export interface SuiteChoice {
  readonly suite: string;
  /** Name of the package. @defaultValue what the suite's `linux-image-ARCH` depends on */
  readonly name?: string;
}

/**
 * Downloads a kernel package of a Debian suite.
 *
 * @returns path of the .deb file.
 * @throws RigError if the suite or the package is not there.
 */
export async function downloadKernel(
  { suite, name }: SuiteChoice,
  machine: GuestMachine,
  folder: string,
): Promise<string> {
  if (!SUITE.test(suite)) {
    throw new RigError(
      'no-kernel',
      `--debian-suite: expected a suite such as trixie, found ${suite}`,
    );
  }
  if (name !== undefined && !PACKAGE.test(name)) {
    throw new RigError('no-kernel', `--kernel-package: expected linux-image-..., found ${name}`);
  }
  const root = join(folder, 'apt');
  const env = { APT_CONFIG: await makeAptRoot(root, suite, machine.debianArch) };
  try {
    await runProgram('apt-get', ['-q', 'update'], { env });
    const meta = `linux-image-${machine.debianArch}`;
    const depends = name ?? (await runProgram('apt-cache', ['depends', meta], { env })).toString();
    const image = name ?? newestImage(depends);
    if (image === undefined) {
      throw new RigError(
        'no-kernel',
        `${suite}: expected ${meta} to need an image, found ${depends}`,
      );
    }
    await runProgram('apt-get', ['-q', 'download', image], { env, cwd: root });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new RigError('no-kernel', `${suite}: expected a kernel to download, ${error.message}`);
  }
  const file = (await readdir(root)).find((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new RigError('no-kernel', `${suite}: expected a .deb, found none`);
  return join(root, file);
}

/** The first folder of these that there is. */
async function listed(folders: readonly string[]): Promise<{ folder: string; names: string[] }> {
  for (const folder of folders) {
    try {
      return { folder, names: await readdir(folder) };
    } catch {
      // Older packages have the other one.
    }
  }
  return { folder: '', names: [] };
}

/**
 * Unpacks a kernel package of Debian.
 *
 * @throws RigError if it is not a .deb file with a kernel, its configuration and its modules.
 */
export async function unpackKernel(deb: string, folder: string): Promise<UnpackedKernel> {
  const root = join(folder, 'kernel');
  try {
    await runProgram('dpkg-deb', ['-x', deb, root]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new RigError('not-a-kernel', `${deb}: expected a Debian package, ${error.message}`);
  }
  const boot = await listed([join(root, 'boot')]);
  const image = boot.names.find((name) => name.startsWith('vmlinuz-'));
  const release = image?.slice('vmlinuz-'.length) ?? '';
  const modules = await listed(
    ['usr/lib/modules', 'lib/modules'].map((path) => join(root, path, release, 'kernel')),
  );
  if (image === undefined || !boot.names.includes(`config-${release}`) || modules.folder === '') {
    const text = 'expected boot/vmlinuz-*, boot/config-* and modules, found a package without';
    throw new RigError('not-a-kernel', `${deb}: ${text}`);
  }
  return {
    release,
    image: join(boot.folder, image),
    config: join(boot.folder, `config-${release}`),
    modules: modules.folder,
  };
}
