import { renderBarPlot, renderLinePlot, type BarPlot, type LinePlot } from '@ptelab/report';
import type {
  ArchName,
  BenchResult,
  GrowthResult,
  KernelResult,
  PageResult,
  PaperResult,
  SpeedResult,
} from '../result/result.ts';
import { cycleMs } from './growth.ts';
import { RATIO_BOUND } from './kernel.ts';
import { short, sizeText } from './numbers.ts';
import { SMOOTH } from './page.ts';

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function kernelPlot({ rows, modelKernel }: KernelResult): BarPlot {
  return {
    title: 'Time of the model / time of the running kernel',
    description: `One call over T1, T2 and T3 in the model of ${modelKernel}, relative to the kernel`,
    x: { title: 'model / kernel', scale: 'log' },
    references: [{ value: RATIO_BOUND, label: 'a tenth' }],
    groups: unique(rows.map((row) => `${row.layout} ${row.direction}`)).map((label) => ({
      label,
      bars: rows
        .filter((row) => `${row.layout} ${row.direction}` === label)
        .map(({ engine, ratio, model, kernel }) => ({
          series: `${engine} engine`,
          value: ratio,
          low: model.low / kernel.high,
          high: model.high / kernel.low,
          text: short(ratio),
        })),
    })),
  };
}

function speedPlot({ rows }: SpeedResult, arch: ArchName): LinePlot {
  const its = rows.filter(
    (row) => row.arch === arch && row.engine === 'plain' && row.mode === 'counting',
  );
  const orders = unique(its.map((row) => row.order));
  return {
    title: `Speed of the model on ${arch}, to read-only, plain engine`,
    description: 'Nanoseconds per PTE over folio order, one line for each strategy',
    x: {
      title: 'folio order',
      ticks: orders.map((value) => ({ value, label: String(value) })),
    },
    y: { title: 'time per PTE (ns)', domain: [0, 1] },
    series: unique(its.map((row) => row.strategy)).map((label) => {
      const line = its.filter((row) => row.strategy === label);
      return {
        label,
        points: line.map((row) => [row.order, row.readOnly.median] as const),
        band: line.map((row) => [row.order, row.readOnly.low, row.readOnly.high] as const),
      };
    }),
  };
}

function growthPlot({ rows }: GrowthResult, arch: ArchName): LinePlot {
  const its = rows.filter((row) => row.arch === arch);
  const ticks = unique(its.map((row) => row.mib))
    .filter((mib) => mib === 1 || mib === 1024 || mib === 2 ** 20)
    .map((value) => ({ value, label: sizeText(value) }));
  const series = unique(its.map((row) => row.layout)).flatMap((layout) => {
    const line = its.filter((row) => row.layout === layout && row.outcome.state === 'measured');
    return [
      {
        label: `${layout} set-up`,
        points: line.flatMap(({ mib, outcome }) =>
          outcome.state === 'measured' ? [[mib, outcome.setUpMs] as const] : [],
        ),
      },
      {
        label: `${layout} RO and RW`,
        points: line.map((row) => [row.mib, cycleMs(row) ?? 0] as const),
      },
    ];
  });
  return {
    title: `Growth on ${arch}`,
    description: 'Milliseconds of set-up and of one cycle over the size of the address space',
    x: { title: 'memory', scale: 'log', ticks, domain: [1, 2 ** 20] },
    y: { title: 'time (ms)', scale: 'log' },
    series: series.filter(({ points }) => points.length > 0),
  };
}

function paperPlot({ rows }: PaperResult): BarPlot {
  const its = rows.filter(
    (row) => row.program === 'with clearing' && row.publishedSpeedup !== null,
  );
  return {
    title: "The cover letter's speedups, predicted and published",
    description: 'Time of 6.16 divided by time of 6.17 for T1, T2 and T3 on the Apple M3',
    x: { title: 'before / after' },
    references: [{ value: 1, label: 'as before' }],
    groups: its.map(({ layout, kernel, speedup, publishedSpeedup }) => ({
      label: `${layout} ${kernel}`,
      bars: [
        { series: 'predicted', value: speedup.likely, low: speedup.low, high: speedup.high },
        { series: 'published', value: publishedSpeedup ?? 0 },
      ],
    })),
  };
}

function pagePlot({ pages, gestures }: PageResult): BarPlot {
  return {
    title: 'How smoothly the page moves',
    description: `Frames per second while a page table of ${pages} entries moves`,
    x: { title: 'frames per second' },
    references: [{ value: SMOOTH, label: 'smooth' }],
    groups: gestures.map(({ gesture, perSecond }) => ({
      label: gesture,
      bars: [{ series: 'frames', value: perSecond, text: short(perSecond) }],
    })),
  };
}

/** Draws every suite of a result: SVG by file name. */
export function renderPlots({ suites }: BenchResult): Map<string, string> {
  const { paper, kernel, speed, growth, page } = suites;
  const files = new Map<string, string>();
  if (paper !== undefined) files.set('paper.svg', renderBarPlot(paperPlot(paper)));
  if (kernel !== undefined && kernel.rows.length > 0) {
    files.set('kernel.svg', renderBarPlot(kernelPlot(kernel)));
  }
  for (const arch of unique((speed?.rows ?? []).map((row) => row.arch))) {
    if (speed !== undefined) files.set(`speed-${arch}.svg`, renderLinePlot(speedPlot(speed, arch)));
  }
  for (const arch of unique((growth?.rows ?? []).map((row) => row.arch))) {
    if (growth !== undefined) {
      files.set(`growth-${arch}.svg`, renderLinePlot(growthPlot(growth, arch)));
    }
  }
  if (page !== undefined) files.set('page.svg', renderBarPlot(pagePlot(page)));
  return files;
}
