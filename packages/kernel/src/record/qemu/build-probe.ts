import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { probeFolder, probeSources } from '../../live/probe-source.ts';
import { PtelabEnvironmentError } from '../../environment-error.ts';
import { ProgramError, runProgram } from './run-program.ts';

/** The programs of a guest. */
export interface GuestPrograms {
  readonly init: Buffer;
  readonly probe: Buffer;
}

/** The first program of the guest; the other files of its folder are parts of the probe. */
const INIT = 'init.c';
/** What traces on machines where nobody may change settings of the whole kernel. */
const HOST_ONLY = 'tlb_trace.c';
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-static'];

async function compile(compiler: string, words: readonly string[], out: string): Promise<Buffer> {
  try {
    await runProgram(compiler, [...FLAGS, ...words, '-o', out]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new PtelabEnvironmentError('compiler', `expected the probe to compile, ${error.message}`);
  }
  return readFile(out);
}

/**
 * Compiles the probe and the first program of the guest, both without shared libraries.
 *
 * @throws PtelabEnvironmentError if the compiler fails.
 */
export async function buildGuestPrograms(compiler: string, folder: string): Promise<GuestPrograms> {
  const guest = join(probeFolder(), 'guest');
  const own = (await probeSources()).filter((path) => basename(path) !== HOST_ONLY);
  const names = (await readdir(guest)).filter((name) => name.endsWith('.c') && name !== INIT);
  const parts = [...own, ...names.map((name) => join(guest, name))].sort();
  const init = await compile(compiler, [join(guest, INIT)], join(folder, 'init'));
  const probe = await compile(compiler, ['-DPTELAB_RAW', ...parts], join(folder, 'probe'));
  return { init, probe };
}
