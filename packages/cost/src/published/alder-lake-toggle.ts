import type { KernelRelease } from '@ptelab/pte';
import type { CycleProt, Probe, Workload } from '../workload/workload.ts';
import type { PublishedRow, PublishedTable, RowUse } from './row.ts';

/*
 * 64 MiB of shared anonymous memory, dirty: read-only, read-write, touch; times are per page, in sum for the
 * three or for each.
 */

const MACHINE = 'alder-lake';
const PAGES = 16384;
const PER_PAGE = 1 / PAGES;

interface Choices {
  readonly strategy?: string;
  readonly kb?: number;
  readonly probe?: Probe;
  readonly timed?: CycleProt;
}

function toggle(kernel: KernelRelease, { kb = 4, ...choices }: Choices = {}): Workload {
  const whole = choices.timed === undefined;
  return {
    kernel,
    layout: { memory: 'shared', kb },
    pages: PAGES,
    cycle: ['r', 'rw'],
    ...(whole ? { touches: true } : {}),
    ...choices,
  };
}

interface Figure {
  readonly id: string;
  readonly use: RowUse;
  readonly what: string;
  readonly published: number;
  readonly plusMinus: number;
  readonly caveat?: string;
}

function time(figure: Figure, of: Workload): PublishedRow {
  return { ...figure, machine: MACHINE, unit: 'ns', of: [{ workload: of, weight: PER_PAGE }] };
}

function ratio(figure: Figure, of: Workload, over: Workload): PublishedRow {
  return {
    ...figure,
    machine: MACHINE,
    unit: '1',
    of: [{ workload: of }],
    over: [{ workload: over }],
  };
}

const PARENT = toggle('6.16');
const CHILD = toggle('6.17-rc1');
const SINGLE_COMMIT = toggle('6.17-rc1', { probe: { withoutBatchCommit: true } });
const NO_DISCOVERY = toggle('6.17-rc1', {
  probe: { withoutBatchCommit: true, withoutDiscovery: true },
});
const NO_LOOKUP = toggle('6.17-rc1', {
  probe: { withoutBatchCommit: true, withoutDiscovery: true, withoutLookup: true },
});

const share = (id: string, published: number, from: Workload, to: Workload): PublishedRow => ({
  id: `nine-${id}`,
  machine: MACHINE,
  what: `share of the ${id.replace('-', ' ')} in the difference`,
  use: 'fit',
  derived: true,
  published,
  plusMinus: 0.03,
  unit: '1',
  of: [{ workload: from }, { workload: to, weight: -1 }],
  over: [{ workload: CHILD }, { workload: PARENT, weight: -1 }],
});

const nine = (id: string, what: string, published: number, of: Workload): PublishedRow =>
  time({ id: `nine-${id}`, use: 'fit', what, published, plusMinus: 0.3 }, of);

/** What the cost for single pages is made of, by kernels that lack one piece each. */
export const NINE_POINTS: PublishedTable = {
  id: 'nine-points',
  title: 'Read-only, read-write and touch of 64 MiB shared 4 KiB pages, piece by piece: ns a page',
  source: 'Chengfeng Lin, 22 Jul 2026 (lcf0399/linux-regression-evidence @ea3ec2d), i7-12700KF',
  rows: [
    nine('parent', 'one entry at a time (45199f715b74)', 38.8, PARENT),
    nine('child', 'batching (cac1db8c3aad)', 52.97, CHILD),
    nine('commit', 'batching, single commits', 46.87, SINGLE_COMMIT),
    nine('discovery', 'the same without batch discovery', 46.9, NO_DISCOVERY),
    nine('lookup', 'the same without the folio lookup', 40.6, NO_LOOKUP),
    time(
      { id: 'exact-touch', use: 'fit', what: 'touch alone', published: 11.6, plusMinus: 0.2 },
      { ...PARENT, cycle: [] },
    ),
    share('commit-path', 0.4306, CHILD, SINGLE_COMMIT),
    share('batch-discovery', -0.0024, SINGLE_COMMIT, NO_DISCOVERY),
    share('folio-lookup', 0.4447, NO_DISCOVERY, NO_LOOKUP),
  ],
};

const only = (timed: CycleProt): Choices => ({ timed });

/** The same two kernels on another day, direction by direction. */
export const EXACT_PAIR: PublishedTable = {
  id: 'exact-pair',
  title: 'The two kernels around the change, direction by direction: ns a page',
  source: 'Chengfeng Lin, 21 Jul 2026, i7-12700KF, 15 processes of 1000 cycles, fresh boots',
  rows: [
    time(
      {
        id: 'exact-before-r',
        use: 'validation',
        what: 'read-only, before',
        published: 13,
        plusMinus: 0.5,
      },
      toggle('6.16', only('r')),
    ),
    time(
      {
        id: 'exact-after-r',
        use: 'validation',
        what: 'read-only, after',
        published: 20,
        plusMinus: 0.5,
      },
      toggle('6.17-rc1', only('r')),
    ),
    time(
      {
        id: 'exact-before-rw',
        use: 'validation',
        what: 'read-write, before',
        published: 13,
        plusMinus: 0.5,
      },
      toggle('6.16', only('rw')),
    ),
    time(
      {
        id: 'exact-after-rw',
        use: 'validation',
        what: 'read-write, after',
        published: 20,
        plusMinus: 0.5,
      },
      toggle('6.17-rc1', only('rw')),
    ),
    ratio(
      {
        id: 'exact-ratio',
        use: 'validation',
        what: 'after / before',
        published: 53.533 / 38.3,
        plusMinus: 0.012,
      },
      CHILD,
      PARENT,
    ),
  ],
};

const V7_1 = toggle('7.1');
const V7_1_BATCH = toggle('7.1', { probe: { commitPath: 'batch' } });
const HINT = toggle('7.1', { strategy: 'batch-hint' });
const HUGE = toggle('7.1', { kb: 2048 });
const HUGE_HINT = toggle('7.1', { kb: 2048, strategy: 'batch-hint' });

/** 7.1, and the idea to skip the lookup where no hint says that there is a batch. */
export const SKIP_LOOKUP: PublishedTable = {
  id: 'skip-lookup',
  title: '7.1.3 on the same machine: the single path, and skipping the lookup: ratios of cycles',
  source: 'Chengfeng Lin, 22 Jul 2026, i7-12700KF',
  rows: [
    ratio(
      {
        id: 'skip-v3',
        use: 'validation',
        what: '7.1.3 with / without the single path',
        published: 58.2 / 54.8,
        plusMinus: 0.01,
      },
      V7_1,
      V7_1_BATCH,
    ),
    ratio(
      {
        id: 'skip-4k',
        use: 'validation',
        what: '4 KiB pages: skipping / 7.1.3',
        published: 47.13 / 57.03,
        plusMinus: 0.01,
      },
      HINT,
      V7_1,
    ),
    ratio(
      {
        id: 'skip-2m',
        use: 'validation',
        what: '2 MiB folio: skipping / 7.1.3',
        published: 38.13 / 23,
        plusMinus: 0.02,
      },
      HUGE_HINT,
      HUGE,
    ),
    ratio(
      {
        id: 'huge-over-4k',
        use: 'validation',
        what: '7.1.3: 2 MiB folio / 4 KiB pages',
        published: 23 / 57.03,
        plusMinus: 0.01,
      },
      HUGE,
      V7_1,
    ),
  ],
};

const OTHER_CPU = 'an i7-14700, computed with the prices of the i7-12700KF; figures are whole ns';
const raptor = (
  id: string,
  what: string,
  [a, b]: readonly [number, number],
  [of, over]: readonly [Workload, Workload],
): PublishedRow =>
  ratio(
    {
      id: `raptor-${id}`,
      use: 'validation',
      what,
      published: a / b,
      plusMinus: (a / b) * Math.hypot(0.5 / a, 0.5 / b),
      caveat: OTHER_CPU,
    },
    of,
    over,
  );

/** The next generation of the same cores. */
export const RAPTOR_LAKE: PublishedTable = {
  id: 'raptor-lake',
  title: 'The same program on an i7-14700: ratios',
  source: 'Chengfeng Lin, 23 and 30 Jun 2026, bare metal',
  rows: [
    raptor('6.17', '6.17 / 6.16', [37, 25], [toggle('6.17'), PARENT]),
    raptor('6.18', '6.18 / 6.16', [38, 25], [toggle('6.18'), PARENT]),
    raptor('6.19', '6.19.9 / 6.16', [36.667, 25], [toggle('6.19'), PARENT]),
    raptor('6.12', '6.19.9 / 6.12.77', [37, 27], [toggle('6.19'), toggle('6.12')]),
    raptor(
      'v3',
      '6.19.9 with / without the single path',
      [39, 37],
      [toggle('6.19', { probe: { commitPath: 'fast-path' } }), toggle('6.19')],
    ),
    raptor(
      'fresh-6.17',
      'read-only once, fresh range: 6.17 / 6.16',
      [14, 8],
      [toggle('6.17', only('r')), toggle('6.16', only('r'))],
    ),
    raptor(
      'fresh-7.1',
      'read-only once, fresh range: 7.1 / 6.16',
      [17, 8],
      [toggle('7.1', only('r')), toggle('6.16', only('r'))],
    ),
  ],
};
