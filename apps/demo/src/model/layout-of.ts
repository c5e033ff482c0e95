import { arm64, x86_64, type Arch } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';

/** The architecture of a machine: what reads and explains its entries. */
export function layoutOf({ arch, kernel, ...options }: MachineSpec): Arch {
  return arch === 'arm64'
    ? arm64({ ...options.arm64, kernel })
    : x86_64({ ...options.x86, kernel });
}
