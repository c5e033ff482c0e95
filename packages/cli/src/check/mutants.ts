import { MUTANTS, type MutantVerdict } from '@ptelab/check';
import type { MutantsVerdict } from '@ptelab/report';
import { progress } from '../output.ts';
import type { WatchedPool } from './watched-pool.ts';

/** Judges all mutants: is each found by a rule, or is there a reason why none can? */
export async function judgeMutants(pool: WatchedPool): Promise<MutantsVerdict> {
  const list: MutantVerdict[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < MUTANTS.length) {
      const index = next++;
      const { id = '' } = MUTANTS[index] ?? {};
      const outcome = await pool.run('mutant', { id });
      if (outcome.kind !== 'done') throw new Error(`mutant ${id}: the worker ${outcome.kind}`);
      list[index] = outcome.result;
      progress(`${++done} of ${MUTANTS.length} mutants`);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  progress('');
  const ids = (verdict: MutantVerdict['verdict']): string[] =>
    list.filter((mutant) => mutant.verdict === verdict).map(({ id }) => id);
  return {
    mutants: list.length,
    killed: ids('killed').length + ids('noticed').length,
    explained: ids('explained').length,
    survivors: ids('survived'),
    list,
  };
}
