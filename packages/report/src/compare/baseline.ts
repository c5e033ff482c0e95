import type { Run } from '@ptelab/scenario';

/**
 * For each run the index of the run to compare it with: the first one of the same architecture, since
 * what differs between architectures is expected. If no two share one, the first of all.
 */
export function baselines(runs: readonly Run[]): number[] {
  const archs = runs.map((run) => run.machine.arch);
  const shared = new Set(archs).size < archs.length;
  return archs.map((arch) => (shared ? archs.indexOf(arch) : 0));
}

/** What {@link baselines} compares with, for a legend. */
export function baselineText(runs: readonly Run[]): string {
  const shared = new Set(runs.map((run) => run.machine.arch)).size < runs.length;
  return shared ? 'the first machine of the same architecture' : 'the first machine';
}
