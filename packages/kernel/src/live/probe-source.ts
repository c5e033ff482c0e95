import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the C sources lie, seen from the built package and from the source of this file. */
const FOLDERS = ['../probe/', '../../probe/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The folder with the probe's C files; those of guests are in its folder `guest`. */
export function probeFolder(): string {
  const folder = FOLDERS.find((path) => existsSync(join(path, 'probe.c')));
  if (folder === undefined) throw new Error('the package lacks its probe folder');
  return folder;
}

/** Paths of the probe's C files. */
export async function probeSources(): Promise<string[]> {
  const folder = probeFolder();
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.c')).map((name) => join(folder, name));
}
