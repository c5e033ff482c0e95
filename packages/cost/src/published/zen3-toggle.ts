import type { KernelRelease } from '@ptelab/pte';
import type { Workload } from '../workload/workload.ts';
import type { PublishedRow, PublishedTable, RowUse } from './row.ts';

/*
 * One private anonymous range that loses all access and gets it back, again and again, untouched; the mean
 * over both directions is what is published.
 */

const MACHINE = 'zen3';

function toggle(kib: number, kernel: KernelRelease, fast = false): Workload {
  return {
    kernel,
    layout: { memory: 'anon', kb: 4 },
    pages: kib / 4,
    cycle: ['n', 'rw'],
    ...(fast ? { probe: { commitPath: 'fast-path' } } : {}),
  };
}

/** A cycle is two calls. */
const HALF = 0.5;

/** Repeated runs of such a loop differ by a percent or two. */
const SPREAD = 0.02;

function time(use: RowUse, kib: number, kernel: KernelRelease, published: number): PublishedRow {
  return {
    id: `toggle-${kernel}-${String(kib)}`,
    machine: MACHINE,
    what: `${String(kib)} KiB, ${kernel}`,
    use,
    published,
    plusMinus: published * SPREAD,
    unit: 'ns',
    of: [{ workload: toggle(kib, kernel), weight: HALF }],
  };
}

function slowdown(use: RowUse, kib: number, before: number, after: number): PublishedRow {
  return {
    id: `toggle-ratio-${String(kib)}`,
    machine: MACHINE,
    what: `${String(kib)} KiB, 6.17-rc1 / 6.16`,
    use,
    published: after / before,
    plusMinus: (after / before) * SPREAD * Math.SQRT2,
    unit: '1',
    of: [{ workload: toggle(kib, '6.17-rc1') }],
    over: [{ workload: toggle(kib, '6.16') }],
  };
}

/** The report that single pages got slower. */
export const ZEN3_TOGGLE: PublishedTable = {
  id: 'zen3-toggle',
  title: 'No access and back, private anonymous 4 KiB pages: ns for each call',
  source: 'L. Yang, "2x+ slowdown for >=400KiB regions since PTE batching", 13 Feb 2026',
  rows: [
    time('fit', 4, '6.16', 1713),
    time('fit', 40, '6.16', 2071),
    time('fit', 400, '6.16', 3453),
    time('fit', 4000, '6.16', 18804),
    time('validation', 40_000, '6.16', 172_613),
    time('validation', 400_000, '6.16', 1_699_301),
    time('validation', 4_000_000, '6.16', 17_021_882),
    time('validation', 40_000_000, '6.16', 169_677_478),
    time('validation', 4, '6.17-rc1', 1775),
    time('validation', 40, '6.17-rc1', 2362),
    time('fit', 400, '6.17-rc1', 5993),
    time('validation', 4000, '6.17-rc1', 44_116),
    slowdown('validation', 4, 1713, 1775),
    slowdown('validation', 40, 2071, 2362),
    { ...slowdown('fit', 400, 3453, 5993), derived: true },
    slowdown('validation', 4000, 18_804, 44_116),
    {
      id: 'toggle-break-even',
      machine: MACHINE,
      what: 'pages that cost as much as the call with one, 6.16',
      use: 'fit',
      derived: true,
      published: 1713 / 17,
      plusMinus: 4,
      unit: '1',
      of: [{ workload: toggle(4, '6.16'), weight: HALF }],
      over: [
        { workload: toggle(4000, '6.16'), weight: HALF / 999 },
        { workload: toggle(4, '6.16'), weight: -HALF / 999 },
      ],
    },
  ],
};

/** The repair of 7.1, measured by its author. */
export const SINGLE_PATH: PublishedTable = {
  id: 'single-path',
  title: 'A path of its own for single entries (7.1): time with it / without',
  source: 'P. Falcato, "mm/mprotect: micro-optimization work" v3, 2 Apr 2026 (3bc181c14363)',
  rows: [
    {
      id: 'single-path-v3',
      machine: MACHINE,
      what: 'google/benchmark, 85967 -> 70684 ns',
      use: 'fit',
      published: 70684 / 85967,
      plusMinus: 0.04,
      unit: '1',
      of: [{ workload: toggle(40_000, '7.1', true) }],
      over: [{ workload: toggle(40_000, '6.19') }],
      caveat: 'CPU (probably Zen 5) and size of the range are not stated; taken as a large one',
    },
  ],
};

/** libMicro mprot_tw4m: every page is read before access is taken away. */
function libMicro(kernel: KernelRelease): Workload {
  return {
    kernel,
    layout: { memory: 'anon', kb: 4 },
    pages: 1024,
    cycle: ['n', 'rw'],
    touches: true,
  };
}

function faster(machine: string, cpus: string): PublishedRow {
  return {
    id: `libmicro-${machine}`,
    machine,
    what: `${cpus}: 7.0 / 7.1`,
    use: 'validation',
    published: 1.25,
    plusMinus: 0.2,
    unit: '1',
    of: [{ workload: libMicro('6.19') }],
    over: [{ workload: libMicro('7.1') }],
    caveat: 'one figure for fifteen machines: 5 to 55 % faster, most around 25 %',
  };
}

/** The repair of 7.1, measured by others. */
export const LIBMICRO: PublishedTable = {
  id: 'libmicro',
  title: 'libMicro mprot_tw4m, 4 MiB touched, without and with the path for single entries',
  source: 'L. Yang, 30 Mar 2026',
  rows: [
    faster('zen3', 'EPYC 7713, 7573X'),
    faster('zen4', 'EPYC 9754'),
    faster('neoverse-n1', 'Ampere Altra, Altra Max'),
  ],
};
