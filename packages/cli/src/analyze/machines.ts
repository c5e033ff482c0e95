import type { CostMachine } from '@ptelab/cost';
import type { HostFacts } from '@ptelab/kernel';
import type { Arm64Granule } from '@ptelab/pte';
import { createMachine, type Machine } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';

const GRANULES: ReadonlyMap<number, Arm64Granule> = new Map([
  [4096, '4k'],
  [16_384, '16k'],
  [65_536, '64k'],
]);

/**
 * The chosen machines with page tables like those of a snapshot, and with the CPU that they are priced as.
 * x86-64 has 4K pages only: with others it is left out.
 *
 * @throws CliError if none is left.
 */
export function machinesFor(
  host: HostFacts,
  machines: readonly Machine[],
  costs: readonly CostMachine[],
): Machine[] {
  const granule = GRANULES.get(host.pageSize) ?? '4k';
  const fitting = machines
    .filter(({ spec }) => spec.arch === 'arm64' || granule === '4k')
    .map(({ spec, strategy }) => {
      if (spec.arch !== 'arm64') return createMachine(spec, strategy);
      const cpu = costs.find(({ arch }) => arch === 'arm64')?.arm64;
      return createMachine({ ...spec, arm64: { ...cpu, granule } }, strategy);
    })
    .filter(({ arch }) => arch.ptesPerTable * 2 ** arch.pageShift === host.hpagePmdSize);
  if (fitting.length > 0) return fitting;
  const found = [...new Set(machines.map(({ spec }) => spec.arch))].join(', ');
  const pages = `${host.pageSize / 1024} KiB pages and ${host.hpagePmdSize / 1024} KiB tables`;
  throw new CliError('bad-choice', `--arch: expected one with ${pages}, found ${found}`);
}
