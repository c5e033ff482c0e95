import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError, reasonOf } from '../bench-error.ts';
import { RESULT_FORMAT_VERSION, resultSchema, type BenchResult } from './result.ts';

const versioned = z.object({ formatVersion: z.unknown().optional() });

/** Where in the document something is wrong, and what: the first of all problems. */
function firstProblem({ issues }: z.ZodError): string {
  const issue = issues[0];
  if (issue === undefined) return 'it is no result of bench';
  return `${issue.path.length === 0 ? 'the document' : issue.path.join('.')}: ${issue.message}`;
}

/**
 * Reads a result out of its JSON text.
 *
 * @param source - what to call it in errors.
 * @throws BenchError if it is no result, or one of another format version.
 */
function parseResult(text: string, source: string): BenchResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // Engines quote the text, with its ends of lines.
    const reason = reasonOf(error).replaceAll(/\s+/g, ' ');
    throw new BenchError(`${source}: not JSON: ${reason}`);
  }
  const version = versioned.safeParse(json);
  if (version.success && version.data.formatVersion !== RESULT_FORMAT_VERSION) {
    const { formatVersion } = version.data;
    const found = formatVersion === undefined ? 'nothing' : JSON.stringify(formatVersion);
    throw new BenchError(
      `${source}: formatVersion: expected ${RESULT_FORMAT_VERSION}, found ${found}`,
    );
  }
  const result = resultSchema.safeParse(json);
  if (!result.success) throw new BenchError(`${source}: ${firstProblem(result.error)}`);
  return result.data;
}

/**
 * Reads a result that `--json` wrote.
 *
 * @throws BenchError if the file can't be read or holds something else.
 */
export function readResult(path: string): BenchResult {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BenchError(`--baseline: ${reasonOf(error)}`);
  }
  return parseResult(text, path);
}
