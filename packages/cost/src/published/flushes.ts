import type { KernelRelease } from '@ptelab/pte';
import type { Workload } from '../workload/workload.ts';
import type { PublishedTable } from './row.ts';

function regain(kernel: KernelRelease): Workload {
  return {
    kernel,
    layout: { memory: 'anon', kb: 4 },
    pages: 16,
    cycle: ['n', 'rw'],
    timed: 'rw',
  };
}

/** arm64 stopped to flush entries that nobody can have in a TLB. */
export const NEEDS_FLUSH: PublishedTable = {
  id: 'needs-flush',
  title: 'arm64 pte_needs_flush (6.19): access given back, one flush less',
  source: 'D. Jain, Oct 2025 (c320dbb7c80d)',
  rows: [
    {
      id: 'needs-flush-saved',
      machine: 'apple-m3',
      what: '3.2 us -> 2.85 us: saved',
      use: 'validation',
      published: 0.35,
      plusMinus: 0.05,
      unit: 'us',
      of: [{ workload: regain('6.18') }, { workload: regain('6.19'), weight: -1 }],
      caveat: 'machine and size of the range are not stated; the author uses an M3',
    },
  ],
};

/** Every block unfolded and folded: one entry at a time, on a kernel that knows BBML2. */
function converting(bbml2: boolean): Workload {
  return {
    kernel: '6.17',
    strategy: 'per-pte',
    layout: { memory: 'anon', kb: 64 },
    pages: 16,
    cycle: ['r', 'rw'],
    probe: { bbml2 },
  };
}

/** contpte_convert without its flush. */
export const BBML2: PublishedTable = {
  id: 'bbml2',
  title: 'contpte_convert on a CPU with BBML2 (6.17): its cost without / with the flush',
  source:
    'M. Lenczewski, "Initial BBML2 support for contpte_convert()" v8, 25 Jun 2025 (83bbd6be7d17)',
  rows: [
    {
      id: 'bbml2-convert',
      machine: 'ampereone',
      what: 'contpte_convert, 80 % less',
      use: 'validation',
      published: 0.2,
      plusMinus: 0.025,
      unit: '1',
      of: [{ workload: converting(true), part: 'contpte convert' }],
      over: [{ workload: converting(false), part: 'contpte convert' }],
      caveat: 'CPU not named; no price of this machine was fitted to anything',
    },
  ],
};
