import type { KernelRelease } from '@ptelab/pte';
import type { GrowthJob } from '../model/job.ts';
import { LAYOUTS, PAGES_PER_MIB } from '../model/layout.ts';
import type {
  ArchName,
  GrowthOutcome,
  GrowthRow,
  LayoutName,
  GrowthResult,
} from '../result/result.ts';
import { sizeText } from '../render/numbers.ts';
import { JobFailed, spawnJob } from '../spawn-job.ts';

/** 1 MiB to 1 TiB, each four times the one before. */
const SIZES_MIB: readonly number[] = Array.from({ length: 11 }, (_, i) => 4 ** i);

const ARCHES: readonly ArchName[] = ['arm64', 'x86-64'];
const KERNEL: KernelRelease = '7.3';

/** What the growth suite needs. */
export interface GrowthSettings {
  readonly cycles: number;
  /** What one size may take. */
  readonly limitMib: number;
  readonly limitSeconds: number;
  readonly progress: (text: string) => void;
}

async function measure(job: GrowthJob): Promise<GrowthOutcome> {
  // The process watches its limits itself, but it can't while one long call runs.
  const limits = { heapMib: job.limitMib, seconds: job.limitSeconds * 2 + 5 };
  try {
    const [outcome] = await spawnJob(job, limits);
    return outcome ?? { state: 'does not fit', reason: 'ended without a result' };
  } catch (error) {
    if (error instanceof JobFailed) return { state: 'does not fit', reason: error.message };
    throw error;
  }
}

async function grow(
  arch: ArchName,
  layout: LayoutName,
  settings: GrowthSettings,
): Promise<GrowthRow[]> {
  const { cycles, limitMib, limitSeconds } = settings;
  const rows: GrowthRow[] = [];
  let tooLarge: number | undefined;
  for (const mib of SIZES_MIB) {
    const pages = mib * PAGES_PER_MIB;
    let outcome: GrowthOutcome;
    if (tooLarge === undefined) {
      settings.progress(`growth: ${arch} ${layout}, ${sizeText(mib)}`);
      const kind = 'growth' as const;
      const limits = { limitMib, limitSeconds };
      outcome = await measure({ kind, arch, kernel: KERNEL, layout, pages, cycles, ...limits });
      if (outcome.state !== 'measured') tooLarge = mib;
    } else {
      outcome = { state: 'not tried', reason: `${sizeText(tooLarge)} does not fit already` };
    }
    rows.push({ arch, kernel: KERNEL, layout, mib, outcome });
  }
  return rows;
}

/** Address spaces of 1 MiB to 1 TiB: how long set-up and cycles take, and how much memory. */
export async function growthSuite(settings: GrowthSettings): Promise<GrowthResult> {
  const rows: GrowthRow[] = [];
  for (const arch of ARCHES) {
    for (const { name } of LAYOUTS) rows.push(...(await grow(arch, name, settings)));
  }
  const { cycles, limitMib, limitSeconds } = settings;
  return { cycles, limitMib, limitSeconds, rows };
}
