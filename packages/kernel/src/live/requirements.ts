import { access, constants } from 'node:fs/promises';
import process from 'node:process';
import { PtelabEnvironmentError } from '../environment-error.ts';

/** What shows page frames: readable by root only. */
const FRAME_FILES = ['/proc/self/pagemap', '/proc/kpageflags', '/proc/kpagecount'] as const;

const THP = '/sys/kernel/mm/transparent_hugepage/enabled';

async function can(file: string, mode: number): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks that this process may look at the running kernel.
 *
 * @throws PtelabEnvironmentError naming what is missing.
 */
export async function checkRequirements(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new PtelabEnvironmentError('not-linux', `expected Linux, found ${process.platform}`);
  }
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    const message = `expected x86-64 or arm64, found ${process.arch}`;
    throw new PtelabEnvironmentError('no-arch', message);
  }
  if (process.geteuid?.() !== 0) {
    throw new PtelabEnvironmentError(
      'no-root',
      'expected root: page frames and settings of large folios are hidden from others',
    );
  }
  for (const file of FRAME_FILES) {
    if (await can(file, constants.R_OK)) continue;
    throw new PtelabEnvironmentError('no-frames', `expected to read ${file}, can't`);
  }
  if (!(await can(THP, constants.W_OK))) {
    throw new PtelabEnvironmentError('no-thp', `expected to write ${THP}, can't`);
  }
}
