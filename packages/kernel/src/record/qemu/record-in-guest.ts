import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scenarioText, type LiveScenario } from '../../live/live-scenario.ts';
import type { RecordingInfo } from '../../recording/types.ts';
import { validateLine } from '../../recording/validate.ts';
import { bootGuest } from './boot-guest.ts';
import { buildGuestPrograms } from './build-probe.ts';
import { cpioArchive, type ArchiveEntry } from './cpio.ts';
import { GUEST_MACHINES, type GuestArch, type GuestMachine } from './guest-machine.ts';
import { recordedConfig } from './kernel-config.ts';
import { collectModules } from './kernel-modules.ts';
import {
  downloadKernel,
  unpackKernel,
  type SuiteChoice,
  type UnpackedKernel,
} from './kernel-package.ts';
import { requirePrograms } from './required-programs.ts';
import { PtelabEnvironmentError } from '../../environment-error.ts';
import { runProgram } from './run-program.ts';

/** What {@link recordInGuest} does. */
export interface GuestRecording {
  readonly arch: GuestArch;
  /** CPU model of qemu. @defaultValue that of the recordings in this repository */
  readonly cpu?: string;
  /** Packages of a kernel of Debian, as files or to download. */
  readonly kernel: { readonly debs: readonly string[] } | SuiteChoice;
  readonly stories: readonly LiveScenario[];
  /** Longest that the guest may run, in seconds. */
  readonly timeout: number;
  /** Called with what is being done. */
  readonly onProgress?: (text: string) => void;
}

/** What was recorded. */
export interface GuestRecordings {
  /** As `uname -r` says. */
  readonly release: string;
  readonly cpu: string;
  /** JSON lines: the boot, then one recording per story. */
  readonly text: string;
  /** Names of stories whose process did not end by itself. */
  readonly failed: readonly string[];
  /** What the guest could not do for them. */
  readonly notes: readonly string[];
}

/** Modules that stories need, in order; what a kernel has built in is left out. */
const MODULES = ['virtio_blk', 'crc32c_generic', 'ext4', 'zram'] as const;
const DISK_BYTES = 512 * 1024 * 1024;
const STORY_SECONDS = 300;
const FOLDERS = ['dev', 'proc', 'sys', 'modules'] as const;
/** Where the guest mounts its disk; the probe adds the other folders of stories. */
const ROOT = '/stories';

function programsFor(machine: GuestMachine, downloads: boolean): string[] {
  const apt = downloads ? ['apt-get'] : [];
  return [machine.qemu, machine.compiler, 'dpkg-deb', 'xz', 'mke2fs', ...apt];
}

async function makeInitrd(
  kernel: UnpackedKernel,
  recording: GuestRecording,
  cpu: string,
  folder: string,
): Promise<string> {
  const machine = GUEST_MACHINES[recording.arch];
  const programs = await buildGuestPrograms(machine.compiler, folder);
  const modules = await collectModules(kernel.modules, MODULES);
  const text = (path: string, content: string): ArchiveEntry => ({
    path,
    content: Buffer.from(content, 'utf8'),
    executable: false,
  });
  const words = [
    ...['--scenarios', '/scenarios', '--root', ROOT],
    ...['--cpu', cpu, '--seconds', String(STORY_SECONDS)],
  ];
  const archive = cpioArchive([
    ...FOLDERS.map((path) => ({ path })),
    { path: 'init', content: programs.init },
    { path: 'probe', content: programs.probe },
    ...modules.map(({ name, content }) => ({ path: `modules/${name}.ko`, content })),
    text('modules/list', modules.map(({ name }) => `/modules/${name}.ko\n`).join('')),
    text('scenarios', recording.stories.map(scenarioText).join('')),
    text('probe.args', `${words.join('\n')}\n`),
  ]);
  const path = join(folder, 'initrd');
  await writeFile(path, archive);
  return path;
}

/** An empty ext4 file system for the stories' files. */
async function makeDisk(folder: string): Promise<string> {
  const path = join(folder, 'disk');
  await writeFile(path, '');
  await truncate(path, DISK_BYTES);
  await runProgram('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', path]);
  return path;
}

interface Finished {
  readonly text: string;
  readonly failed: string[];
}

function parse(line: string, source: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new PtelabEnvironmentError(
      'bad-output',
      `${source}:${number}: expected a JSON object, found a cut line`,
    );
  }
}

/** A guest that can't read its page tables is of no use; its reader says on the console why. */
function checkRaw(info: RecordingInfo, source: string, folder: string): void {
  if ('levels' in info) return;
  const text = 'expected the guest to read its page tables, found that it can not';
  throw new PtelabEnvironmentError('bad-output', `${source}: ${text}; logs are in ${folder}`);
}

/** Checks what the probe wrote, and adds the kernel's configuration, which a guest can't see. */
function finish(
  output: string,
  config: Readonly<Record<string, string>>,
  folder: string,
  stories: number,
): Finished {
  const lines = output.split('\n').filter((line) => line !== '');
  const failed: string[] = [];
  const source = join(folder, 'out.ndjson');
  const finished = lines.map((line, i) => {
    const valid = validateLine(parse(line, source, i + 1), source, i + 1);
    if ('t' in valid) {
      checkRaw(valid, source, folder);
      return JSON.stringify(valid);
    }
    if (valid.status !== 0) failed.push(valid.scenario);
    return JSON.stringify({ ...valid, config });
  });
  if (finished.length !== stories + 1) {
    throw new PtelabEnvironmentError(
      'bad-output',
      `${source}: expected ${stories + 1} lines, found ${finished.length}; logs are in ${folder}`,
    );
  }
  return { text: `${finished.join('\n')}\n`, failed };
}

/** Removes what is large; with the logs it can be seen why the guest failed. */
async function keepLogs(folder: string): Promise<void> {
  for (const part of ['kernel', 'apt', 'disk', 'initrd', 'init', 'probe']) {
    await rm(join(folder, part), { recursive: true, force: true });
  }
}

async function record(
  recording: GuestRecording,
  machine: GuestMachine,
  folder: string,
): Promise<GuestRecordings> {
  const { kernel: choice, stories } = recording;
  const cpu = recording.cpu ?? machine.defaultCpu;
  const say = recording.onProgress ?? ((): void => undefined);
  if (!('debs' in choice)) say(`downloading a kernel of ${choice.suite}`);
  const debs = 'debs' in choice ? choice.debs : await downloadKernel(choice, machine, folder);
  say('unpacking the kernel');
  const kernel = await unpackKernel(debs, folder);
  const config = recordedConfig(await readFile(kernel.config, 'utf8'), machine.debianArch);
  say('building the guest');
  const initrd = await makeInitrd(kernel, recording, cpu, folder);
  const disk = await makeDisk(folder);
  say(`booting ${kernel.release}`);
  const { output, notes } = await bootGuest({
    machine,
    cpu,
    image: kernel.image,
    initrd,
    disk,
    folder,
    timeout: recording.timeout,
    onLines: (lines) => {
      say(`${kernel.release}: ${Math.max(lines - 1, 0)} of ${stories.length} scenarios`);
    },
  });
  return {
    release: kernel.release,
    cpu,
    notes,
    ...finish(output, config, folder, stories.length),
  };
}

const GUEST_CODES: ReadonlySet<string> = new Set(['guest-failed', 'guest-timeout', 'bad-output']);

/**
 * Boots a kernel of Debian in qemu, emulated in software, runs stories in it and gives the recordings. If
 * the guest fails, its logs are kept, and the error names their folder.
 *
 * @throws PtelabEnvironmentError if a program is missing, there is no such kernel, or the guest fails.
 */
export async function recordInGuest(recording: GuestRecording): Promise<GuestRecordings> {
  const machine = GUEST_MACHINES[recording.arch];
  await requirePrograms(programsFor(machine, !('debs' in recording.kernel)));
  const folder = await mkdtemp(join(tmpdir(), 'ptelab-rig-'));
  try {
    const recordings = await record(recording, machine, folder);
    await rm(folder, { recursive: true, force: true });
    return recordings;
  } catch (error) {
    const guest = error instanceof PtelabEnvironmentError && GUEST_CODES.has(error.code);
    await (guest ? keepLogs(folder) : rm(folder, { recursive: true, force: true }));
    throw error;
  }
}
