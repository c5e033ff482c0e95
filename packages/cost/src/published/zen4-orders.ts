import type { CycleProt, Layout, Workload } from '../workload/workload.ts';
import type { PublishedRow, PublishedTable, RowUse } from './row.ts';

/*
 * 64 MiB of private anonymous memory, medians of 41, on a guest of a shared host. The tails of what could not
 * be had in large folios are single pages: the share in large folios is stated. Repeated runs with single
 * pages moved by a quarter.
 */

const MACHINE = 'zen4';
const PAGES = 16384;
const NOISE = 0.25;

interface Figure {
  readonly use: RowUse;
  readonly what: string;
  readonly layout: Omit<Layout, 'memory'>;
  readonly memmap?: 'hot' | 'cold';
  /** Read-only, then read-write. */
  readonly ns: readonly [number, number];
  readonly noise?: number;
  readonly uses?: readonly [RowUse, RowUse];
}

function workload({ layout, memmap = 'cold' }: Figure, timed: CycleProt): Workload {
  return {
    kernel: '6.18',
    layout: { memory: 'anon', ...layout },
    pages: PAGES,
    cycle: ['r', 'rw'],
    timed,
    memmap,
  };
}

function rows(figure: Figure): PublishedRow[] {
  const { what, ns, noise = NOISE, use, uses = [use, use] } = figure;
  return (['r', 'rw'] as const).map((timed, i) => ({
    id: `orders-${what.replaceAll(' ', '-')}-${timed}`,
    machine: MACHINE,
    what: `${what}, to ${timed === 'r' ? 'read-only' : 'read-write'}`,
    use: uses[i] ?? use,
    published: ns[i] ?? Number.NaN,
    plusMinus: noise * (ns[i] ?? Number.NaN),
    unit: 'ns',
    of: [{ workload: workload(figure, timed), weight: 1 / PAGES }],
  }));
}

const FIGURES: readonly Figure[] = [
  { use: 'fit', what: '4 KiB', layout: { kb: 4 }, ns: [75.5, 82] },
  { use: 'validation', what: '16 KiB', layout: { kb: 16, share: 0.99 }, ns: [45.7, 50.8] },
  { use: 'validation', what: '32 KiB', layout: { kb: 32, share: 0.98 }, ns: [32.7, 39] },
  { use: 'validation', what: '64 KiB', layout: { kb: 64, share: 0.97 }, ns: [31.6, 37.9] },
  { use: 'validation', what: '128 KiB', layout: { kb: 128, share: 0.94 }, ns: [30.3, 34] },
  { use: 'validation', what: '256 KiB', layout: { kb: 256, share: 0.88 }, ns: [34.5, 36.2] },
  { use: 'validation', what: '512 KiB', layout: { kb: 512, share: 0.75 }, ns: [35.9, 38.7] },
  { use: 'validation', what: '1 MiB', layout: { kb: 1024, share: 0.5 }, ns: [46.4, 49.2] },
  { use: 'fit', what: '2 MiB', layout: { kb: 2048 }, ns: [22.65, 24.4], noise: 0.06 },
  {
    use: 'validation',
    uses: ['validation', 'fit'],
    what: '2 MiB alternating',
    layout: { kb: 2048, alternating: true },
    memmap: 'hot', // the pages of a huge folio lie in a row
    ns: [67.8, 42],
    noise: 0.06,
  },
];

/** What folio size does, all else equal. */
export const ZEN4_ORDERS: PublishedTable = {
  id: 'zen4-orders',
  title: '64 MiB private anonymous memory by folio size, Linux 6.18: ns a page',
  source: 'measured for this model, 23 Nov 2026: KVM guest, 2 CPUs, shared host; good to 25 %',
  rows: FIGURES.flatMap(rows),
};
