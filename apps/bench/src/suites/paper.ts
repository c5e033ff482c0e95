import {
  COST_MACHINES,
  predictTimes,
  PUBLISHED_TABLES,
  type CostMachine,
  type Interval,
  type PublishedRow,
  type TimeSum,
  type Workload,
} from '@ptelab/cost';
import type { KernelRelease } from '@ptelab/pte';
import { LAYOUTS, type NamedLayout } from '../model/layout.ts';
import type { PaperResult, PaperRow } from '../result/result.ts';

/** The last posting before the merge; the figures of earlier ones are of another number of loops. */
const TABLE = 'cover-v5';

const BEFORE: KernelRelease = '6.16';
const KERNELS: readonly KernelRelease[] = [BEFORE, '6.17', '7.1'];
const PAGES = 262144;
const CYCLES = 40;
const NS_PER_SECOND = 1e9;

type Program = PaperRow['program'];

/** The cover letter's program: 1 GiB, 40 times read-only, read-write and, as published, cleared. */
function workloadOf(kernel: KernelRelease, layout: NamedLayout, program: Program): Workload {
  return {
    kernel,
    layout: { memory: 'anon', kb: 4 * 2 ** layout.order },
    pages: PAGES,
    cycle: ['r', 'rw'],
    cycles: CYCLES,
    zeroes: program === 'with clearing',
  };
}

function isOf(sum: TimeSum | undefined, { kernel, layout }: Workload): boolean {
  const [only] = sum ?? [];
  return only?.workload.kernel === kernel && only.workload.layout.kb === layout.kb;
}

/** The published figure of a time, or of a ratio of times. */
function published(machine: CostMachine, of: Workload, over?: Workload): number | null {
  const rows = PUBLISHED_TABLES.find(({ id }) => id === TABLE)?.rows ?? [];
  const isIt = (row: PublishedRow): boolean =>
    row.machine === machine.id &&
    isOf(row.of, of) &&
    (over === undefined ? row.over === undefined : isOf(row.over, over));
  return rows.find(isIt)?.published ?? null;
}

function inSeconds({ low, likely, high }: Interval): Interval {
  return {
    low: low / NS_PER_SECOND,
    likely: likely / NS_PER_SECOND,
    high: high / NS_PER_SECOND,
  };
}

function predictRow(
  machine: CostMachine,
  layout: NamedLayout,
  kernel: KernelRelease,
  program: Program,
): PaperRow {
  const workload = workloadOf(kernel, layout, program);
  const before = workloadOf(BEFORE, layout, program);
  const asPublished = program === 'with clearing';
  return {
    machine: machine.id,
    arch: machine.arch,
    kernel,
    layout: layout.name,
    program,
    seconds: inSeconds(predictTimes(machine, [{ workload }])),
    speedup: predictTimes(machine, [{ workload: before }], [{ workload }]),
    publishedSeconds: asPublished ? published(machine, workload) : null,
    publishedSpeedup: asPublished ? published(machine, before, workload) : null,
  };
}

/** Only the machine of the cover letter has a price for clearing memory. */
function programsOf(machine: CostMachine): Program[] {
  return machine.parameters.zeroing === undefined
    ? ['calls only']
    : ['with clearing', 'calls only'];
}

/** The cover letter's table, predicted for every machine that has prices, next to what was published. */
export function paperSuite(progress: (text: string) => void): PaperResult {
  const rows = COST_MACHINES.flatMap((machine) => {
    progress(`paper: ${machine.id}`);
    return programsOf(machine).flatMap((program) =>
      LAYOUTS.flatMap((layout) =>
        KERNELS.map((kernel) => predictRow(machine, layout, kernel, program)),
      ),
    );
  });
  return { rows };
}
