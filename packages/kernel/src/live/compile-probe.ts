import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { PtelabEnvironmentError } from '../environment-error.ts';
import { probeSources } from './probe-source.ts';

const FLAGS = ['-std=gnu11', '-O2'] as const;

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/**
 * Compiles the probe with `$CC`, or `cc`, into a folder.
 *
 * @returns its path.
 * @throws PtelabEnvironmentError if there is no compiler, or it does not take the sources.
 */
export async function compileProbe(folder: string): Promise<string> {
  const cc = process.env.CC ?? 'cc';
  const path = join(folder, 'probe');
  const sources = await probeSources();
  await new Promise<void>((resolve, reject) => {
    execFile(cc, [...FLAGS, '-o', path, ...sources], (error, _, stderr) => {
      if (error === null) resolve();
      else if (error.code === 'ENOENT') {
        const message = `expected a C compiler, found no ${cc} (CC names another)`;
        reject(new PtelabEnvironmentError('no-compiler', message));
      } else {
        const message = `${cc} does not compile the probe: ${firstLine(stderr)}`;
        reject(new PtelabEnvironmentError('compiler', message));
      }
    });
  });
  return path;
}
