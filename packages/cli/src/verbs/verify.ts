import { randomInt } from 'node:crypto';
import { verifyKernel, type StoryBudget } from '@ptelab/kernel';
import { renderVerify } from '@ptelab/report';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { readLiveScenarios } from '../live/read-live-scenarios.ts';
import { withKernel } from '../live/with-kernel.ts';
import { positiveNumber, wholeNumber } from '../options/numbers.ts';
import { progress, write, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab verify`. */
export interface VerifyFlags extends OutputFlags {
  readonly scenario?: readonly string[];
  /** Seconds to make stories up in. */
  readonly fuzz?: string;
  readonly stories?: string;
  readonly seed?: string;
}

const STORIES = 200;
const MOST_SEED = 2 ** 31;
/** Differences that are looked into before the run ends. */
const MOST_DIFFERENCES = 5;
/** Scenarios without an end after which the run ends. */
const MOST_UNFINISHED = 10;
/** Longest that one scenario may take; most take less than a tenth of a second. */
const SECONDS = 20;

/** How many stories to make up; none if only scenarios are asked for. */
function budget({ scenario, fuzz, stories, seed }: VerifyFlags): StoryBudget | null {
  if (fuzz !== undefined && stories !== undefined) {
    throw new CliError('bad-usage', '--fuzz: expected either --fuzz or --stories, found both');
  }
  const first = seed === undefined ? randomInt(MOST_SEED) : wholeNumber('--seed', seed, 0);
  if (fuzz !== undefined) {
    const seconds = positiveNumber('--fuzz', fuzz);
    return { seed: first, stories: Infinity, seconds };
  }
  if (stories === undefined && scenario !== undefined) return null;
  const nr = stories === undefined ? STORIES : wholeNumber('--stories', stories, 0);
  return { seed: first, stories: nr, seconds: Infinity };
}

/** `ptelab verify`: carries scenarios out on the running kernel and in the model, and compares. */
export async function verifyVerb(flags: VerifyFlags): Promise<number> {
  const fuzz = budget(flags);
  const scenarios = await readLiveScenarios(flags.scenario ?? []);
  const summary = await withKernel(
    (kernel) =>
      verifyKernel(kernel, {
        scenarios,
        fuzz,
        mostDifferences: MOST_DIFFERENCES,
        mostUnfinished: MOST_UNFINISHED,
        onProgress: (done) => {
          progress(`${done} scenarios`);
        },
      }),
    SECONDS,
  );
  progress('');
  if (flags.json) await writeJsonLine(summary);
  else await write(renderVerify(summary, renderOptions(flags)));
  const held = summary.mismatches === 0 && summary.unfinished.length === 0;
  return held ? EXIT.held : EXIT.failed;
}
