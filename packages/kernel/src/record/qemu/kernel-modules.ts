import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PtelabInputError } from '../../input-error.ts';
import { runProgram } from './run-program.ts';

/** A module as the kernel loads it. */
export interface KernelModule {
  readonly name: string;
  readonly content: Buffer;
}

const MODULE_FILE = /\.ko(\.xz)?$/;

/** The kernel takes both spellings for the same. */
function moduleName(file: string): string {
  return basename(file).replace(MODULE_FILE, '').replaceAll('-', '_');
}

/** What a module says it needs, in its section .modinfo: "depends=a,b" between two zero bytes. */
export function moduleDependencies(content: Buffer): string[] {
  const key = Buffer.from('\0depends=', 'ascii');
  const at = content.indexOf(key);
  if (at < 0) return [];
  const from = at + key.length;
  const end = content.indexOf(0, from);
  const names = content.toString('ascii', from, end < 0 ? content.length : end);
  return names
    .split(',')
    .filter((name) => name !== '')
    .map(moduleName);
}

async function readModule(path: string): Promise<Buffer> {
  return path.endsWith('.xz') ? runProgram('xz', ['-dc', path]) : readFile(path);
}

/**
 * Reads modules with all that they need, in the order in which to load them. Those that the kernel has
 * built in are no files, and left out.
 */
export async function collectModules(
  folder: string,
  wanted: readonly string[],
): Promise<readonly KernelModule[]> {
  const files = new Map<string, string>();
  for (const file of await readdir(folder, { recursive: true })) {
    if (MODULE_FILE.test(file)) files.set(moduleName(file), join(folder, file));
  }
  if (files.size === 0) {
    throw new PtelabInputError(
      'not-a-kernel',
      folder,
      0,
      'expected modules *.ko or *.ko.xz, found none',
    );
  }
  const done = new Map<string, KernelModule>();
  const add = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || done.has(name)) return;
    files.delete(name);
    const content = await readModule(file);
    for (const needed of moduleDependencies(content)) await add(needed);
    done.set(name, { name, content });
  };
  for (const name of wanted) await add(name);
  return [...done.values()];
}
