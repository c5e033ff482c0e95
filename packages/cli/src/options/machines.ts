import { KERNEL_RELEASES } from '@ptelab/pte';
import { ARCH_NAMES, createMachine, type Machine } from '@ptelab/scenario';
import { choiceList } from './choices.ts';
import { loadStrategy } from './load-strategy.ts';

/** What the command line says about machines: lists with commas. */
export interface MachineFlags {
  readonly arch: string;
  readonly kernel: string;
  /** Absent: the strategy of each kernel. */
  readonly strategy?: string;
}

/**
 * Makes every chosen architecture × kernel × strategy.
 *
 * @throws CliError for a word that is no choice.
 */
export async function chosenMachines(flags: MachineFlags): Promise<Machine[]> {
  const archs = choiceList('--arch', flags.arch, ARCH_NAMES);
  const kernels = choiceList('--kernel', flags.kernel, KERNEL_RELEASES);
  const words = flags.strategy?.split(',').map((word) => word.trim()) ?? [];
  const strategies = await Promise.all([...new Set(words)].map(loadStrategy));
  return archs.flatMap((arch) =>
    kernels.flatMap((kernel) =>
      strategies.length === 0
        ? [createMachine({ arch, kernel })]
        : strategies.map((strategy) => createMachine({ arch, kernel }, strategy)),
    ),
  );
}
