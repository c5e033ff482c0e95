import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  conformFiles,
  type ConformMode,
  type ConformSummary,
  type Mismatch,
} from '../src/index.ts';

const folder = join(import.meta.dirname, '../../../recordings');

/** Names of all recording files. */
export const FILES: readonly string[] = readdirSync(folder).filter((name) =>
  name.endsWith('.ndjson.gz'),
);

/** Compares a whole recording file with the model. */
export async function conform(
  file: string,
  mode: ConformMode,
): Promise<{ summary: ConformSummary; mismatches: Mismatch[] }> {
  const mismatches: Mismatch[] = [];
  const summary = await conformFiles([join(folder, file)], {
    mode,
    onMismatch: (mismatch) => mismatches.push(mismatch),
  });
  return { summary, mismatches };
}
