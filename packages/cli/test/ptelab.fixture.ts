import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const MAIN: string = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The repository. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** How the program ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Circumstances {
  /** Standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built program in the root of the repository. */
export function ptelab(args: readonly string[], given: Circumstances = {}): Promise<Ended> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...given.env };
  for (const name of ['NO_COLOR', 'FORCE_COLOR']) {
    if (given.env?.[name] === undefined) Reflect.deleteProperty(env, name);
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(given.input ?? '');
  });
}

const folder = mkdtempSync(join(tmpdir(), 'ptelab-'));

/** Writes a file for a test and returns its path. */
export function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
