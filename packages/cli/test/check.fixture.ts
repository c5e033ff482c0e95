import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the user's: outside the repository, without node_modules. */
export const FOLDER: string = mkdtempSync(join(tmpdir(), 'ptelab-check-'));

/** Writes a file of the user's and returns its path. */
export function userFile(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
}

/** Writes a TypeScript strategy whose function has this body. */
export function userStrategy(name: string, body: string): string {
  return userFile(
    `${name}.ts`,
    `import { merged, defineStrategy, type PteRange } from '@ptelab/mprotect';
import type { Pte } from '@ptelab/pte';

export default defineStrategy({
  name: '${name}',
  summary: 'a test',
  source: 'a test',
  changePresentPtes(range: PteRange, index: number, pte: Pte): number {
    ${body}
  },
});
`,
  );
}
