import { findStrategy, kernelStrategy, type Strategy } from '@ptelab/mprotect';
import {
  arm64,
  x86_64,
  type Arch,
  type ArchName,
  type Arm64Options,
  type KernelRelease,
  type X86Options,
} from '@ptelab/pte';

/** A machine to run a story on, as plain data. */
export interface MachineSpec {
  readonly arch: ArchName;
  readonly kernel: KernelRelease;
  /** Name of a built-in strategy. @defaultValue the kernel's own */
  readonly strategy?: string;
  /** arm64 choices beyond the kernel. */
  readonly arm64?: Omit<Arm64Options, 'kernel'>;
  /** x86-64 choices beyond the kernel. */
  readonly x86?: Omit<X86Options, 'kernel'>;
}

/** A machine ready to run. */
export interface Machine {
  readonly spec: MachineSpec;
  readonly arch: Arch;
  readonly strategy: Strategy;
}

/** Makes the architecture of the machine that `spec` describes. */
export function archOf(spec: MachineSpec): Arch {
  return spec.arch === 'arm64'
    ? arm64({ ...spec.arm64, kernel: spec.kernel })
    : x86_64({ ...spec.x86, kernel: spec.kernel });
}

/**
 * Makes the machine that `spec` describes.
 *
 * @param strategy - overrides the strategy by an object, for strategies of the user's own.
 * @throws RangeError if no built-in strategy has the name.
 */
export function createMachine(spec: MachineSpec, strategy?: Strategy): Machine {
  const named =
    spec.strategy === undefined ? kernelStrategy(spec.kernel) : findStrategy(spec.strategy);
  const chosen = strategy ?? named;
  if (chosen === undefined) throw new RangeError(`no strategy is called ${String(spec.strategy)}`);
  return { spec, arch: archOf(spec), strategy: chosen };
}
