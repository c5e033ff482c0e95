import type { BenchResult } from './result.ts';
import type { Summary } from './statistics.ts';

/** One number of a result with its noise, under a name that is the same in every run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

function measured(name: string, unit: string, { median, low, high }: Summary): Figure {
  return { name, unit, median, low, high };
}

function exact(name: string, unit: string, value: number): Figure {
  return { name, unit, median: value, low: value, high: value };
}

const PER_PTE = 'ns/PTE';
const SHARED_PER_PLAIN = 'shared/plain';

function paperFigures({ suites }: BenchResult): Figure[] {
  return (suites.paper?.rows ?? []).map((row) => {
    const name = `paper ${row.machine} ${row.kernel} ${row.layout} ${row.program}`;
    const { likely, low, high } = row.seconds;
    return { name, unit: 's', median: likely, low, high };
  });
}

function kernelFigures({ suites }: BenchResult): Figure[] {
  return (suites.kernel?.rows ?? []).flatMap((row) => {
    const name = `kernel ${row.layout} ${row.direction}`;
    const model = measured(`${name} ${row.engine} model`, PER_PTE, row.model);
    // Both engines took turns with the same calls of the kernel.
    return row.engine === 'shared'
      ? [measured(`${name} kernel`, PER_PTE, row.kernel), model]
      : [model];
  });
}

function speedFigures({ suites }: BenchResult): Figure[] {
  const { rows = [], memory = [], irregular } = suites.speed ?? {};
  return [
    ...rows.flatMap((row) => {
      const name = `speed ${row.arch} ${row.strategy} order ${row.order} ${row.engine} ${row.mode}`;
      return [
        measured(`${name} RO`, PER_PTE, row.readOnly),
        measured(`${name} RW`, PER_PTE, row.readWrite),
      ];
    }),
    ...memory.map((row) =>
      exact(`memory ${row.arch} order ${row.order} ${row.engine}`, 'bytes/page', row.bytesPerPage),
    ),
    ...(irregular?.rows ?? []).flatMap((row) => {
      const name = `irregular ${row.arch} ${row.strategy} ${row.layout}`;
      return [
        measured(`${name} set-up`, SHARED_PER_PLAIN, row.setUp.ratio),
        measured(`${name} RO`, SHARED_PER_PLAIN, row.readOnly.ratio),
        measured(`${name} RW`, SHARED_PER_PLAIN, row.readWrite.ratio),
      ];
    }),
  ];
}

function growthFigures({ suites }: BenchResult): Figure[] {
  return (suites.growth?.rows ?? []).flatMap((row) => {
    if (row.outcome.state !== 'measured') return [];
    const name = `growth ${row.arch} ${row.layout} ${row.mib} MiB`;
    const { setUpMs, readOnly, readWrite, bytesPerPage } = row.outcome;
    return [
      exact(`${name} set-up`, 'ms', setUpMs),
      measured(`${name} RO`, PER_PTE, readOnly),
      measured(`${name} RW`, PER_PTE, readWrite),
      exact(`${name} memory`, 'bytes/page', bytesPerPage),
    ];
  });
}

function pageFigures({ suites }: BenchResult): Figure[] {
  if (suites.page === undefined) return [];
  const { firstPaintMs, gestures } = suites.page;
  return [
    measured('page first paint', 'ms', firstPaintMs),
    ...gestures.map(({ gesture, slowMs }) => exact(`page ${gesture} slow frame`, 'ms', slowMs)),
  ];
}

/** All numbers of a result that can be set beside those of another run. */
export function figuresOf(result: BenchResult): Figure[] {
  return [
    ...paperFigures(result),
    ...kernelFigures(result),
    ...speedFigures(result),
    ...growthFigures(result),
    ...pageFigures(result),
  ];
}
