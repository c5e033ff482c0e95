import { performance } from 'node:perf_hooks';
import { Lacking } from './bench-error.ts';
import type { Settings } from './options.ts';
import { progress } from './progress.ts';
import { captureEnvironment, currentLoad } from './result/environment.ts';
import {
  RESULT_FORMAT_VERSION,
  type BenchResult,
  type LeftOut,
  type SuiteName,
  type Suites,
} from './result/result.ts';
import { growthSuite } from './suites/growth.ts';
import { kernelSuite } from './suites/kernel.ts';
import { pageSuite } from './suites/page.ts';
import { paperSuite } from './suites/paper.ts';
import { speedSuite } from './suites/speed.ts';

/** Large enough that set-up does not matter, small enough for all combinations. */
const SPEED_MIB = 32;

/** The kernel first: its model runs in this process, whose code is compiled for nothing else yet. */
const ORDER: readonly SuiteName[] = ['kernel', 'speed', 'growth', 'page', 'paper'];

async function runSuite(
  suite: SuiteName,
  { mib, cycles, limitMib, limitSeconds }: Settings,
  leftOut: LeftOut[],
): Promise<Suites> {
  switch (suite) {
    case 'kernel': {
      const measured = await kernelSuite({ mib, cycles, progress });
      leftOut.push(...measured.leftOut);
      return { kernel: measured.result };
    }
    case 'speed':
      return { speed: await speedSuite({ mib: mib ?? SPEED_MIB, cycles, progress }) };
    case 'growth':
      return { growth: await growthSuite({ cycles, limitMib, limitSeconds, progress }) };
    case 'page':
      return { page: await pageSuite({ cycles, progress }) };
    case 'paper':
      return { paper: paperSuite(progress) };
  }
}

/** Runs the suites one after the other; what this machine lacks is left out and named. */
export async function runSuites(settings: Settings): Promise<BenchResult> {
  const startedAt = new Date().toISOString();
  const begin = performance.now();
  const environment = captureEnvironment();
  const leftOut: LeftOut[] = [];
  let suites: Suites = {};
  for (const suite of ORDER) {
    if (!settings.suites.includes(suite)) continue;
    try {
      suites = { ...suites, ...(await runSuite(suite, settings, leftOut)) };
    } catch (error) {
      if (!(error instanceof Lacking)) throw error;
      leftOut.push({ what: suite, reason: error.message });
    }
  }
  progress('');
  return {
    formatVersion: RESULT_FORMAT_VERSION,
    startedAt,
    seconds: (performance.now() - begin) / 1000,
    environment: { ...environment, loadAfter: currentLoad() },
    suites,
    leftOut,
  };
}
