import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createMachine } from '@ptelab/scenario';
import type { GrowthOutcome } from '../result/result.ts';
import { measureCycles } from './cycles.ts';
import type { GrowthJob, Job, SpeedAnswer, SpeedJob } from './job.ts';
import { measureIrregular } from './measure-irregular.ts';
import { buildLayout, layoutOfOrder, LAYOUTS } from './layout.ts';
import { bytesInUse } from './memory.ts';
import { setMode } from './modes.ts';

const BYTES_PER_MIB = 2 ** 20;

/** A measurement that ran into a limit. */
class OverLimit extends Error {}

function runSpeed(job: SpeedJob, answer: (line: SpeedAnswer) => void): void {
  const { arch, kernel, strategy, engine, mode, pages, cycles } = job;
  for (const order of job.orders) {
    const before = bytesInUse();
    const machine = createMachine({ arch, kernel, strategy });
    const story = buildLayout({ machine, engine }, layoutOfOrder(order), pages);
    const bytesPerPage = (bytesInUse() - before) / pages;
    setMode(story, mode);
    answer({ order, bytesPerPage, ...measureCycles(story, pages, cycles) });
  }
}

/** Keeps an eye on time and memory. */
function limitsOf({ limitMib, limitSeconds }: GrowthJob, begin: number): () => void {
  return () => {
    const mib = process.memoryUsage.rss() / BYTES_PER_MIB;
    if (mib > limitMib) throw new OverLimit(`takes over ${limitMib} MiB`);
    if (performance.now() - begin > limitSeconds * 1000) {
      throw new OverLimit(`takes over ${limitSeconds} s`);
    }
  };
}

function measureGrowth(job: GrowthJob): GrowthOutcome {
  const { arch, kernel, pages, cycles } = job;
  const layout = LAYOUTS.find(({ name }) => name === job.layout);
  if (layout === undefined) throw new Error(`no layout is called ${job.layout}`);
  const before = bytesInUse();
  const begin = performance.now();
  const look = limitsOf(job, begin);
  const machine = createMachine({ arch, kernel });
  const story = buildLayout({ machine, engine: 'shared' }, layout, pages, look);
  const setUpMs = performance.now() - begin;
  look();
  const bytesPerPage = (bytesInUse() - before) / pages;
  const times = measureCycles(story, pages, cycles, look);
  look();
  // `maxRSS` is in KiB.
  const peakMib = process.resourceUsage().maxRSS / 1024;
  return { state: 'measured', setUpMs, ...times, bytesPerPage, peakMib };
}

function runGrowth(job: GrowthJob): GrowthOutcome {
  try {
    return measureGrowth(job);
  } catch (error) {
    // Where engines refuse a larger map or buffer.
    if (error instanceof OverLimit || error instanceof RangeError) {
      return { state: 'does not fit', reason: error.message };
    }
    throw error;
  }
}

/** Does a job in this process; `answer` gets each line of the result. */
export function runJob(job: Job, answer: (line: unknown) => void): void {
  switch (job.kind) {
    case 'speed':
      runSpeed(job, answer);
      break;
    case 'growth':
      answer(runGrowth(job));
      break;
    case 'irregular':
      answer(measureIrregular(job));
  }
}
