import { z } from 'zod';
import { environmentSchema } from './environment.ts';
import { summarySchema } from './statistics.ts';

/** Version of the result format; a file of another version can't be compared. */
export const RESULT_FORMAT_VERSION = 4;

/** The suites in the order in which results show them. */
export const SUITES = ['paper', 'kernel', 'speed', 'growth', 'page'] as const;

/** See {@link SUITES}. */
export type SuiteName = (typeof SUITES)[number];

const arch = z.enum(['arm64', 'x86-64']);
const layout = z.enum(['T1', 'T2', 'T3']);
const interval = z.object({ low: z.number(), likely: z.number(), high: z.number() });

const paperRowSchema = z.object({
  /** Machine of the price list. */
  machine: z.string(),
  arch,
  kernel: z.string(),
  layout,
  /** The cover letter's program clears the memory in every cycle, and that is part of its time. */
  program: z.enum(['with clearing', 'calls only']),
  /** Predicted time of 40 cycles. */
  seconds: interval,
  /** Predicted time before batching divided by this one: over 1 is faster than before. */
  speedup: interval,
  /** What the cover letter says of this machine and release. */
  publishedSeconds: z.number().nullable(),
  publishedSpeedup: z.number().nullable(),
});

/** Whether leaf tables in the same state are walked once for all, or each by itself. */
const engine = z.enum(['shared', 'plain']);

const kernelRowSchema = z.object({
  layout,
  direction: z.enum(['RO', 'RW']),
  engine,
  /** Nanoseconds per PTE on the running kernel. */
  kernel: summarySchema,
  /** Nanoseconds per PTE of the model, counting on. */
  model: summarySchema,
  /** Median of the model divided by median of the kernel. */
  ratio: z.number(),
});

const kernelLayoutSchema = z.object({
  layout,
  pages: z.int(),
  /** Share of pages that were in folios of the wanted size, 0 to 1; null if that could not be seen. */
  shapeShare: z.number().nullable(),
  /** Memory that huge entries mapped, where there should be none; null if that could not be seen. */
  hugeMappedKib: z.number().nullable(),
});

const speedRowSchema = z.object({
  arch,
  kernel: z.string(),
  strategy: z.string(),
  order: z.int(),
  engine,
  mode: z.enum(['counting', 'not counting', 'tracing']),
  /** Nanoseconds per PTE. */
  readOnly: summarySchema,
  readWrite: summarySchema,
});

const memoryRowSchema = z.object({ arch, engine, order: z.int(), bytesPerPage: z.number() });

/** Nanoseconds per page of both engines, which took turns. */
const bothEnginesSchema = z.object({
  shared: summarySchema,
  plain: summarySchema,
  /** Shared divided by plain, turn by turn: what else the machine did met both. */
  ratio: summarySchema,
});

const irregularRowSchema = z.object({
  arch,
  kernel: z.string(),
  strategy: z.string(),
  /** All at random, or huge pages mapped by single entries of which another one is missing in each. */
  layout: z.enum(['mixed', 'holed']),
  setUp: bothEnginesSchema,
  readOnly: bothEnginesSchema,
  readWrite: bothEnginesSchema,
});

const growthOutcomeSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('measured'),
    setUpMs: z.number(),
    /** Nanoseconds per PTE. */
    readOnly: summarySchema,
    readWrite: summarySchema,
    /** Heap and buffers that the address space takes. */
    bytesPerPage: z.number(),
    /** Largest resident set of the whole process. */
    peakMib: z.number(),
  }),
  z.object({ state: z.literal('does not fit'), reason: z.string() }),
  z.object({ state: z.literal('not tried'), reason: z.string() }),
]);

const growthRowSchema = z.object({
  arch,
  kernel: z.string(),
  layout,
  mib: z.int(),
  outcome: growthOutcomeSchema,
});

const pageGestureSchema = z.object({
  gesture: z.string(),
  /** Frames that the browser drew per second. */
  perSecond: z.number(),
  /** 95 % of the frames came no later than this after the one before. */
  slowMs: z.number(),
  frames: z.int(),
});

/** What one run of bench found. */
export const resultSchema = z.object({
  formatVersion: z.literal(RESULT_FORMAT_VERSION),
  /** UTC, ISO 8601. */
  startedAt: z.string(),
  /** Of the whole run. */
  seconds: z.number(),
  environment: environmentSchema,
  suites: z.object({
    paper: z.object({ rows: z.array(paperRowSchema) }).optional(),
    kernel: z
      .object({
        mib: z.int(),
        cycles: z.int(),
        /** Release that the model was. */
        modelKernel: z.string(),
        strategy: z.string(),
        layouts: z.array(kernelLayoutSchema),
        rows: z.array(kernelRowSchema),
      })
      .optional(),
    speed: z
      .object({
        mib: z.int(),
        cycles: z.int(),
        rows: z.array(speedRowSchema),
        memory: z.array(memoryRowSchema),
        /** Address spaces in which no two leaf tables are alike, counting on. */
        irregular: z.object({ mib: z.int(), rows: z.array(irregularRowSchema) }),
      })
      .optional(),
    growth: z
      .object({
        cycles: z.int(),
        limitMib: z.int(),
        limitSeconds: z.number(),
        rows: z.array(growthRowSchema),
      })
      .optional(),
    page: z
      .object({
        /** Entries of the page table that moves. */
        pages: z.int(),
        /** Version of the browser. */
        browser: z.string(),
        firstPaintMs: summarySchema,
        gestures: z.array(pageGestureSchema),
      })
      .optional(),
  }),
  /** What was asked for and could not be measured here, and why. */
  leftOut: z.array(z.object({ what: z.string(), reason: z.string() })),
});

/** See {@link resultSchema}. */
export type BenchResult = z.infer<typeof resultSchema>;
export type PaperRow = z.infer<typeof paperRowSchema>;
export type KernelRow = z.infer<typeof kernelRowSchema>;
export type KernelLayout = z.infer<typeof kernelLayoutSchema>;
export type SpeedRow = z.infer<typeof speedRowSchema>;
export type Engine = SpeedRow['engine'];
export type SpeedMode = SpeedRow['mode'];
export type MemoryRow = z.infer<typeof memoryRowSchema>;
export type BothEngines = z.infer<typeof bothEnginesSchema>;
export type IrregularRow = z.infer<typeof irregularRowSchema>;
export type IrregularLayout = IrregularRow['layout'];
export type GrowthRow = z.infer<typeof growthRowSchema>;
export type GrowthOutcome = GrowthRow['outcome'];
export type ArchName = SpeedRow['arch'];
export type LayoutName = KernelRow['layout'];
/** Results of the suites, by name. */
export type Suites = BenchResult['suites'];
export type PaperResult = NonNullable<Suites['paper']>;
export type KernelResult = NonNullable<Suites['kernel']>;
export type SpeedResult = NonNullable<Suites['speed']>;
export type IrregularResult = SpeedResult['irregular'];
export type PageGesture = z.infer<typeof pageGestureSchema>;
export type PageResult = NonNullable<Suites['page']>;
export type GrowthResult = NonNullable<Suites['growth']>;
/** See {@link resultSchema}. */
export type LeftOut = BenchResult['leftOut'][number];
