import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RigError } from './rig-error.ts';
import { ProgramError, runProgram } from './run-program.ts';

/** The programs of a guest. */
export interface GuestPrograms {
  readonly init: Buffer;
  readonly probe: Buffer;
}

const INIT = 'guest_init.c';
/** What traces on machines where nobody may change settings of the whole kernel. */
const HOST_ONLY = 'tlb_trace.c';
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-static'];

/** The folder with the probe's source. */
function probeFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@ptelab/kernel/package.json');
  return join(dirname(manifest), 'probe');
}

async function compile(compiler: string, words: readonly string[], out: string): Promise<Buffer> {
  try {
    await runProgram(compiler, [...FLAGS, ...words, '-o', out]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new RigError('compiler', `expected the probe to compile, ${error.message}`);
  }
  return readFile(out);
}

/**
 * Compiles the probe and the first program of the guest, both without shared libraries.
 *
 * @throws RigError if the compiler fails.
 */
export async function buildGuestPrograms(compiler: string, folder: string): Promise<GuestPrograms> {
  const source = probeFolder();
  const files = (await readdir(source)).filter((file) => file.endsWith('.c'));
  const parts = files.filter((file) => file !== INIT && file !== HOST_ONLY);
  const init = await compile(compiler, [join(source, INIT)], join(folder, 'init'));
  const paths = parts.sort().map((file) => join(source, file));
  const probe = await compile(compiler, ['-DPTELAB_RAW', ...paths], join(folder, 'probe'));
  return { init, probe };
}
