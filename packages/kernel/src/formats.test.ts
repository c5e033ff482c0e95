import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = import.meta.dirname;

/** The files of this package that `file` imports, itself included, with what they import from outside. */
function imported(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, 'utf8');
  const values = [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)'/gms)];
  const names = values.map(([, name = '']) => name);
  seen.set(
    file,
    names.filter((name) => !name.startsWith('.')),
  );
  for (const name of names) if (name.startsWith('.')) imported(join(dirname(file), name), seen);
  return seen;
}

it('formats need nothing of Node', () => {
  const files = imported(join(FOLDER, 'formats.ts'));
  const needing = [...files].filter(([, names]) => names.some((name) => name.startsWith('node:')));
  expect(needing.map(([file]) => relative(FOLDER, file))).toEqual([]);
  expect(files.size).toBeGreaterThan(10);
  expect(files.size).toBeLessThan(readdirSync(FOLDER, { recursive: true }).length);
});
