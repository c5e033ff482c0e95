import type { KernelRelease } from '@ptelab/pte';
import type { SpeedJob } from '../model/job.ts';
import { PAGES_PER_MIB } from '../model/layout.ts';
import { MODES } from '../model/modes.ts';
import type {
  ArchName,
  Engine,
  MemoryRow,
  SpeedMode,
  SpeedRow,
  SpeedResult,
} from '../result/result.ts';
import { spawnJob } from '../spawn-job.ts';
import { measureIrregularity } from './irregular.ts';

/** Order of a page and those of anonymous folios: there are none of order 1. */
const ORDERS: readonly number[] = [0, 2, 3, 4, 5, 6, 7, 8, 9];

const STRATEGIES = ['per-pte', 'merged', 'single-fast-path', 'batch-hint'] as const;

const ARCHES: readonly ArchName[] = ['arm64', 'x86-64'];

/** All strategies run on one release, so that nothing else differs. */
const KERNEL: KernelRelease = '7.3';

const LIMITS = { heapMib: 4096, seconds: 600 };

/** What the speed suite needs. */
export interface SpeedSettings {
  readonly mib: number;
  readonly cycles: number;
  /** Told what is measured next. */
  readonly progress: (text: string) => void;
}

/**
 * One process for each machine, engine and mode: its code is compiled for them alone. The plain engine
 * walks every entry, which is what there is to compare; traces turn sharing off.
 */
function jobs({ mib, cycles }: SpeedSettings): SpeedJob[] {
  const pages = mib * PAGES_PER_MIB;
  const of = (arch: ArchName, strategy: string, engine: Engine, mode: SpeedMode): SpeedJob => ({
    kind: 'speed',
    arch,
    kernel: KERNEL,
    strategy,
    engine,
    mode,
    orders: ORDERS,
    pages,
    cycles,
  });
  return ARCHES.flatMap((arch) =>
    STRATEGIES.flatMap((strategy) => [
      ...MODES.map((mode) => of(arch, strategy, 'plain', mode)),
      of(arch, strategy, 'shared', 'counting'),
    ]),
  );
}

/** Nanoseconds per PTE over folio order, strategy and what is counted; memory per page. */
export async function speedSuite(settings: SpeedSettings): Promise<SpeedResult> {
  const rows: SpeedRow[] = [];
  const memory: MemoryRow[] = [];
  for (const job of jobs(settings)) {
    const { arch, kernel, strategy, engine, mode } = job;
    settings.progress(`speed: ${arch} ${strategy}, ${engine}, ${mode}`);
    for (const { bytesPerPage, ...speed } of await spawnJob(job, LIMITS)) {
      rows.push({ arch, kernel, strategy, engine, mode, ...speed });
      // The address space is the same for all strategies and modes.
      const { order } = speed;
      const known = memory.some(
        (row) => row.arch === arch && row.engine === engine && row.order === order,
      );
      if (!known) memory.push({ arch, engine, order, bytesPerPage });
    }
  }
  const { mib, cycles } = settings;
  const irregular = await measureIrregularity(KERNEL, settings);
  return { mib, cycles, rows, memory, irregular };
}
