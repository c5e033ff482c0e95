import type { KernelRelease } from '@ptelab/pte';
import type { IrregularJob } from '../model/job.ts';
import { PAGES_PER_MIB } from '../model/layout.ts';
import type { ArchName, IrregularLayout, IrregularResult, IrregularRow } from '../result/result.ts';
import { spawnJob } from '../spawn-job.ts';

/** 64 leaf tables: calls are short, so that most of them are not interrupted. */
const MIB = 128;
/** The difference of two engines needs more measurements than either of them: so many for each cycle. */
const CYCLES_FACTOR = 10;
const SET_UPS_FACTOR = 5;
const LIMITS = { heapMib: 4096, seconds: 600 };

const ARCHES: readonly ArchName[] = ['arm64', 'x86-64'];
const LAYOUTS: readonly IrregularLayout[] = ['mixed', 'holed'];
/** That of the release, and the one whose walks are the fastest: what comes on top shows most. */
const STRATEGIES = ['single-fast-path', 'batch-hint'] as const;

/** What sharing leaf tables costs on memory in which no two are alike. */
export async function measureIrregularity(
  kernel: KernelRelease,
  { cycles, progress }: { readonly cycles: number; readonly progress: (text: string) => void },
): Promise<IrregularResult> {
  const machines = ARCHES.flatMap((arch) =>
    LAYOUTS.flatMap((layout) => STRATEGIES.map((strategy) => ({ arch, kernel, strategy, layout }))),
  );
  const rows: IrregularRow[] = [];
  for (const machine of machines) {
    progress(`speed: ${machine.arch} ${machine.strategy}, nothing alike (${machine.layout})`);
    const job: IrregularJob = {
      kind: 'irregular',
      ...machine,
      pages: MIB * PAGES_PER_MIB,
      cycles: cycles * CYCLES_FACTOR,
      setUps: cycles * SET_UPS_FACTOR,
    };
    for (const answer of await spawnJob(job, LIMITS)) rows.push({ ...machine, ...answer });
  }
  return { mib: MIB, rows };
}
