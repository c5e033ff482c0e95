/** Architectures that the rig boots. */
export type GuestArch = 'arm64' | 'x86-64';

/** How a guest of one architecture is made and started. */
export interface GuestMachine {
  /** As Debian calls it. */
  readonly debianArch: 'amd64' | 'arm64';
  readonly qemu: string;
  /** Arguments that make the machine; its CPU model is a choice of its own. */
  readonly machine: readonly string[];
  /** Name of a CPU model for `-cpu`; recordings carry it in `cpu`. */
  readonly defaultCpu: string;
  readonly compiler: string;
  /** Kernel parameters for this machine alone. */
  readonly parameters: readonly string[];
}

/** The machines, which are those of the recordings in this repository. */
export const GUEST_MACHINES: Readonly<Record<GuestArch, GuestMachine>> = {
  arm64: {
    debianArch: 'arm64',
    qemu: 'qemu-system-aarch64',
    machine: ['-M', 'virt'],
    defaultCpu: 'neoverse-n1',
    compiler: 'aarch64-linux-gnu-gcc',
    parameters: ['console=ttyAMA0'],
  },
  'x86-64': {
    debianArch: 'amd64',
    qemu: 'qemu-system-x86_64',
    machine: ['-M', 'q35'],
    defaultCpu: 'max,la57=off',
    compiler: 'x86_64-linux-gnu-gcc',
    // On a busy host the check of the timer fails by chance, and the kernel gives up.
    parameters: ['console=ttyS0', 'tsc=reliable', 'no_timer_check'],
  },
};

/**
 * Kernel parameters of all guests: a layout and a behaviour that are the same each time, and nothing that
 * works beside the scenarios.
 */
export const GUEST_PARAMETERS: readonly string[] = [
  'nokaslr',
  'rdinit=/init',
  'panic=-1',
  'loglevel=4',
  'mitigations=off',
  'init_on_alloc=0',
  'nowatchdog',
  'lsm=capability',
  'audit=0',
  'random.trust_cpu=on',
  'transparent_hugepage=always',
  'cma=0',
  'printk.time=1',
];
