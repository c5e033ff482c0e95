import { z } from 'zod';
import type { CycleTimes } from '../model/cycles.ts';

/** What the probe says once its memory is in place. */
const readySchema = z.object({
  pageBytes: z.int().positive(),
  pages: z.int().positive(),
  folioBytes: z.int().positive(),
  /** Pages in folios of exactly that size; -1 if the probe may not see page frames. */
  pagesInShape: z.int().min(-1),
  /** Memory that huge entries map; -1 if the kernel does not say. */
  hugeMappedKib: z.int().min(-1),
  /** 1 if the kernel tracks soft-dirty pages, 0 if not; -1 if that could not be seen. */
  softDirty: z.int().min(-1).max(1),
});

/** See {@link readySchema}. */
export type ProbeReady = z.infer<typeof readySchema>;

const cycleSchema = z.object({
  readOnlyNs: z.int().positive(),
  readWriteNs: z.int().positive(),
});

const errorSchema = z.object({ error: z.string() });

/** The probe said something else than was expected, or why it can't go on. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
}

/** Enough of a line to recognise it by. */
function shown(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);
}

function parseLine<T>(line: string, schema: z.ZodType<T>, what: string): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new ProbeError(`the probe: expected ${what}, found ${shown(line)}`);
  }
  const failed = errorSchema.safeParse(json);
  if (failed.success) throw new ProbeError(`the probe: ${failed.data.error}`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new ProbeError(`the probe: expected ${what}, found ${shown(line)} (${field})`);
}

/**
 * Reads the probe's first line.
 *
 * @throws ProbeError if it is another.
 */
export function parseReady(line: string): ProbeReady {
  const ready = parseLine(line, readySchema, 'its layout');
  if (ready.pagesInShape > ready.pages) {
    throw new ProbeError(
      `the probe: ${ready.pagesInShape} of ${ready.pages} pages are in the shape`,
    );
  }
  return ready;
}

/**
 * Reads the probe's answer to `cycle`.
 *
 * @throws ProbeError if it is something else.
 */
export function parseCycle(line: string): CycleTimes {
  return parseLine(line, cycleSchema, 'times');
}
