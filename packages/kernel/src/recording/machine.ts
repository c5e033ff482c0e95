import type { MachineSpec } from '@ptelab/scenario';
import {
  KERNEL_RELEASES,
  nearestRelease,
  stableFeatures,
  type Arm64Options,
  type KernelRelease,
} from '@ptelab/pte';
import { PtelabInputError } from '../input-error.ts';
import type { Recording } from './types.ts';

/**
 * The arm64 CPU models that recordings were made on (names of qemu-system-aarch64 -cpu).
 *
 * Cortex-A72 has neither hardware access flag nor dirty state; Neoverse N1 r4p1 needs the REPEAT_TLBI
 * workaround; `max` has 52-bit addresses and range TLBI.
 */
const ARM64_CPUS: Readonly<Record<string, Omit<Arm64Options, 'kernel'>>> = {
  'neoverse-n1': { tlbiRange: false, repeatTlbi: true },
  'cortex-a72': { tlbiRange: false, hwAfDbm: false },
  'max,pauth-impdef=on': { pa52: true },
};

function releaseOf(recording: Recording, file: string): KernelRelease {
  const number = /^(\d+\.\d+)/.exec(recording.kernel)?.[1];
  const release = KERNEL_RELEASES.find((candidate) => candidate === number);
  if (release !== undefined) return release;
  // What the probe records is compared with the release before it, which is what there is to say.
  if (isOfProbe(recording)) return nearestRelease(recording.kernel);
  const known = KERNEL_RELEASES.join(', ');
  const message = `kernel: expected a release of ${known}, found ${JSON.stringify(recording.kernel)}`;
  throw new PtelabInputError('kernel', file, 0, message);
}

/** True for recordings that the probe of this package made. */
export function isOfProbe({ program }: Recording): boolean {
  return program === 'ptelab-probe';
}

function x86Machine(recording: Recording, kernel: KernelRelease): MachineSpec {
  const softDirty = recording.config.CONFIG_MEM_SOFT_DIRTY === 'y';
  const { pku = true, levels } = recording.cpu_features ?? {};
  const four = levels === undefined ? recording.cpu.includes('la57=off') : levels === 4;
  const features = stableFeatures(recording.kernel);
  return { arch: 'x86-64', kernel, x86: { softDirty, pku, levels: four ? 4 : 5, features } };
}

/**
 * The machine that a recording was made on.
 *
 * @throws PtelabInputError if the kernel release or the CPU model is not known.
 */
export function recordedMachine(recording: Recording, file: string): MachineSpec {
  const kernel = releaseOf(recording, file);
  if (recording.arch === 'amd64') return x86Machine(recording, kernel);
  const access = recording.cpu_features?.hw_access_flag;
  const cpu = ARM64_CPUS[recording.cpu] ?? (access === undefined ? undefined : { hwAfDbm: access });
  if (cpu === undefined) {
    const known = Object.keys(ARM64_CPUS).join(' / ');
    const message = `cpu: expected ${known}, found ${JSON.stringify(recording.cpu)}`;
    throw new PtelabInputError('cpu', file, 0, message);
  }
  return { arch: 'arm64', kernel, arm64: { ...cpu, features: stableFeatures(recording.kernel) } };
}
