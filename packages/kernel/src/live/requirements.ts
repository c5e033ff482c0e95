import { access, constants } from 'node:fs/promises';
import process from 'node:process';
import { Lacking } from './lacking.ts';

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
 * @throws Lacking naming what is missing.
 */
export async function checkRequirements(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Lacking(`expected Linux, found ${process.platform}`);
  }
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    throw new Lacking(`expected x86-64 or arm64, found ${process.arch}`);
  }
  if (process.geteuid?.() !== 0) {
    throw new Lacking(
      'expected root: page frames and settings of large folios are hidden from others',
    );
  }
  for (const file of FRAME_FILES) {
    if (!(await can(file, constants.R_OK))) throw new Lacking(`expected to read ${file}, can't`);
  }
  if (!(await can(THP, constants.W_OK))) throw new Lacking(`expected to write ${THP}, can't`);
}
