import { judgeStory, MUTANTS, Search, type Mutant, type ScopeName } from '@ptelab/check';
import { merged } from '@ptelab/mprotect';
import type { JudgedMutant, MutantsVerdict } from '@ptelab/report';
import { ARCH_NAMES, parseOpLine } from '@ptelab/scenario';
import { progress } from '../output.ts';
import { MUTANT } from './jobs.ts';
import { searchTasks } from './search-tasks.ts';
import type { WatchedPool } from './watched-pool.ts';

type Fate = Pick<JudgedMutant, 'invariant' | 'slots'>;

/** Searches for a state that a mutant of the walk breaks a rule in. */
async function searched(
  pool: WatchedPool,
  id: string,
  scope: ScopeName,
  seconds: number,
): Promise<Fate | null> {
  const machines = ARCH_NAMES.map((arch) => ({ arch, kernel: '7.3' as const }));
  const search = new Search({ scope, machines });
  const order = { search, strategy: `${MUTANT}${id}`, seconds };
  const { violation } = await searchTasks(pool, order, search.tasks(), () => undefined);
  if (violation === null) return null;
  return { invariant: violation.finding.invariant, slots: violation.chosen.length };
}

/** Judges the story that comes with a mutant: the only way to see one outside the walk. */
function told({ smallest, strategy = merged, features = {} }: Mutant): Fate | null {
  if (smallest === undefined) return null;
  const { arch, kernel = '7.2', withoutSoftDirty = false, lines } = smallest;
  const machine = {
    arch,
    kernel,
    ...(arch === 'arm64'
      ? { arm64: { features } }
      : { x86: { features, ...(withoutSoftDirty ? { softDirty: false } : {}) } }),
  };
  const broken = judgeStory(lines.map(parseOpLine), strategy, machine, 'block');
  return broken === null ? null : { invariant: broken.finding.invariant, slots: null };
}

/** Judges all mutants: is each killed by a rule, or is there a reason why it can't be? */
export async function judgeMutants(pool: WatchedPool, seconds: number): Promise<MutantsVerdict> {
  const list: JudgedMutant[] = [];
  for (const mutant of MUTANTS) {
    const { id, summary, invisible } = mutant;
    progress(`mutant ${id}: ${summary}`);
    const isWalk = mutant.strategy !== undefined;
    const search = (scope: ScopeName): Promise<Fate | null> =>
      isWalk ? searched(pool, id, scope, seconds) : Promise.resolve(null);
    // The story before the larger search, which takes a minute where it finds nothing.
    const fate = (await search('tiny')) ??
      told(mutant) ??
      (await search('small')) ?? { invariant: null, slots: null };
    const reason = fate.invariant === null ? (invisible ?? null) : null;
    list.push({ id, summary, ...fate, reason });
  }
  progress('');
  const survivors = list.filter(({ invariant, reason }) => invariant === null && reason === null);
  return {
    mutants: list.length,
    killed: list.filter(({ invariant }) => invariant !== null).length,
    explained: list.filter(({ reason }) => reason !== null).length,
    survivors: survivors.map(({ id }) => id),
    list,
  };
}
