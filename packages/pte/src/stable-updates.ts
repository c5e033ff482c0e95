import type { KernelFeatures, KernelRelease } from './features.ts';

/** A rule of a later release that a stable update brought to an older one. */
interface StableUpdate {
  readonly release: KernelRelease;
  /** The first update that has it: 111 stands for 6.12.111. */
  readonly from: number;
  readonly features: Partial<KernelFeatures>;
}

const UPDATES: readonly StableUpdate[] = [
  // "x86/mm: Fix user-space data loss with MADV_FREE and THP": pmd_modify.
  { release: '6.12', from: 111, features: { pmdModifyKeepsDirty: true } },
];

/**
 * What stable updates changed in a kernel against the release that the model knows.
 *
 * @param running - as `uname -r` prints it.
 */
export function stableFeatures(running: string): Partial<KernelFeatures> {
  const [, release, number] = /^(\d+\.\d+)\.(\d+)/.exec(running) ?? [];
  const since = UPDATES.filter(
    (update) => update.release === release && Number(number) >= update.from,
  );
  return since.reduce<Partial<KernelFeatures>>(
    (all, { features }) => ({ ...all, ...features }),
    {},
  );
}
