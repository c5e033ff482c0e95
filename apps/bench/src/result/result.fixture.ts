import type { Environment } from './environment.ts';
import { RESULT_FORMAT_VERSION, type BenchResult, type BothEngines } from './result.ts';
import type { Summary } from './statistics.ts';

/** A measurement and how far it may be off to both sides. */
function about(median: number, off = median / 10): Summary {
  const low = median - off;
  return { median, low, high: median + off, best: low, samples: 9 };
}

function bothEngines(shared: number, plain: number): BothEngines {
  return { shared: about(shared), plain: about(plain), ratio: about(shared / plain, 0.01) };
}

/** A quiet machine. */
export const ENVIRONMENT: Environment = {
  cpu: 'Test CPU',
  cores: 4,
  memoryMib: 8192,
  system: 'Linux 7.3.0',
  arch: 'x64',
  node: 'v20.19.0',
  virtual: false,
  governor: 'performance',
  thp: { enabled: 'madvise' },
  loadBefore: 0.1,
  loadAfter: 1,
};

const interval = { low: 0.9, likely: 1, high: 1.1 };

/** A small result with every kind of row in it. */
export const RESULT: BenchResult = {
  formatVersion: RESULT_FORMAT_VERSION,
  startedAt: '2026-11-01T12:00:00.000Z',
  seconds: 61.4,
  environment: ENVIRONMENT,
  suites: {
    paper: {
      rows: [
        {
          machine: 'apple-m3',
          arch: 'arm64',
          kernel: '6.17',
          layout: 'T2',
          program: 'with clearing',
          seconds: interval,
          speedup: interval,
          publishedSeconds: 1.54,
          publishedSpeedup: 2.25,
        },
        {
          machine: 'apple-m3',
          arch: 'arm64',
          kernel: '6.16',
          layout: 'T2',
          program: 'calls only',
          seconds: interval,
          speedup: interval,
          publishedSeconds: null,
          publishedSpeedup: null,
        },
      ],
    },
    kernel: {
      mib: 1024,
      cycles: 9,
      modelKernel: 'x86-64 7.3',
      strategy: 'single-fast-path',
      layouts: [{ layout: 'T1', pages: 262144, shapeShare: 0.5, hugeMappedKib: 2048 }],
      rows: (['RO', 'RW'] as const).flatMap((direction) =>
        (['shared', 'plain'] as const).map((engine) => {
          const kernel = about(direction === 'RO' ? 4 : 40);
          const model = about(engine === 'shared' ? 0.02 : 2);
          const ratio = model.median / kernel.median;
          return { layout: 'T1' as const, direction, engine, kernel, model, ratio };
        }),
      ),
    },
    speed: {
      mib: 32,
      cycles: 9,
      rows: (['counting', 'not counting', 'tracing'] as const).map((mode, i) => ({
        arch: 'arm64' as const,
        kernel: '7.3',
        strategy: 'merged',
        order: 4,
        engine: 'plain' as const,
        mode,
        readOnly: about(2 + i),
        readWrite: about(3 + i),
      })),
      memory: [{ arch: 'arm64', engine: 'plain', order: 4, bytesPerPage: 25 }],
      irregular: {
        mib: 128,
        rows: [
          {
            arch: 'arm64',
            kernel: '7.3',
            strategy: 'merged',
            layout: 'mixed',
            setUp: bothEngines(404, 400),
            readOnly: bothEngines(12, 10),
            readWrite: bothEngines(20, 20),
          },
        ],
      },
    },
    growth: {
      cycles: 9,
      limitMib: 1024,
      limitSeconds: 10,
      rows: [
        {
          arch: 'arm64',
          kernel: '7.3',
          layout: 'T1',
          mib: 1024,
          outcome: {
            state: 'measured',
            setUpMs: 400,
            readOnly: about(1),
            readWrite: about(2),
            bytesPerPage: 40,
            peakMib: 300,
          },
        },
        {
          arch: 'arm64',
          kernel: '7.3',
          layout: 'T1',
          mib: 4096,
          outcome: { state: 'does not fit', reason: 'takes over 1024 MiB' },
        },
        {
          arch: 'arm64',
          kernel: '7.3',
          layout: 'T1',
          mib: 16384,
          outcome: { state: 'not tried', reason: '4 GiB does not fit already' },
        },
      ],
    },
    page: {
      pages: 262_144,
      browser: '150.0',
      firstPaintMs: about(120),
      gestures: [
        { gesture: 'zoom', perSecond: 59.9, slowMs: 17.1, frames: 180 },
        { gesture: 'step', perSecond: 41, slowMs: 33, frames: 120 },
      ],
    },
  },
  leftOut: [{ what: 'kernel T2', reason: 'no folios of 64 kB' }],
};

/** {@link RESULT} with a part of the speed suite that takes `factor` times as long. */
export function slowedDown(factor: number): BenchResult {
  const { speed } = RESULT.suites;
  if (speed === undefined) throw new Error('expected a speed suite');
  const rows = speed.rows.map((row) => ({
    ...row,
    readOnly: about(row.readOnly.median * factor),
  }));
  return { ...RESULT, suites: { ...RESULT.suites, speed: { ...speed, rows } } };
}
