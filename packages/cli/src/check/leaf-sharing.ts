import type { SharingFuzzResult } from '@ptelab/check';
import { CliError } from '../cli-error.ts';
import { progress } from '../output.ts';
import type { WatchedPool } from './watched-pool.ts';

/** Stories of one job: few enough that all cores have work to the end. */
const STORIES = 100;

/**
 * Tells random stories to systems with shared and with plain leaf tables, on all cores. Stops at the
 * first difference; what is found depends on the seed alone.
 */
export async function compareLeafSharing(
  pool: WatchedPool,
  runs: number,
  seed: number,
): Promise<SharingFuzzResult> {
  const chunks = Math.ceil(runs / STORIES);
  const results: SharingFuzzResult[] = [];
  let next = 0;
  let end = chunks;
  const work = async (): Promise<void> => {
    while (next < end) {
      const chunk = next++;
      const job = { runs: Math.min(STORIES, runs - chunk * STORIES), seed: seed + chunk };
      const outcome = await pool.run('leafSharing', job);
      if (outcome.kind !== 'done') {
        throw new CliError('stuck', `leaf sharing: a worker is ${outcome.kind}, seed ${job.seed}`);
      }
      results[chunk] = outcome.result;
      if (outcome.result.difference !== null) end = Math.min(end, chunk + 1);
      progress(`leaf sharing: ${Math.floor((100 * chunk) / chunks)} % of the stories`);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  progress('');
  const counted = results.slice(0, end);
  return {
    seed,
    stories: counted.reduce((sum, { stories }) => sum + stories, 0),
    difference: counted.at(-1)?.difference ?? null,
  };
}
