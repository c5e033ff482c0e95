import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Lacking } from '../bench-error.ts';

/** A program that was compiled into a folder of its own. */
export interface CompiledProbe {
  readonly path: string;
  /** Removes it. */
  readonly remove: () => void;
}

/**
 * Compiles the probe with `$CC`, or `cc`.
 *
 * @param source - path of the C file.
 * @throws Lacking if there is no compiler, or it does not understand the source.
 */
export function compileProbe(source: string): CompiledProbe {
  const cc = process.env.CC ?? 'cc';
  const folder = mkdtempSync(join(tmpdir(), 'ptelab-bench-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const path = join(folder, 'mprotect-probe');
  const compiled = spawnSync(cc, ['-O2', '-o', path, source], { encoding: 'utf8' });
  if (compiled.status === 0) return { path, remove };
  remove();
  if (compiled.error !== undefined) {
    throw new Lacking(`no C compiler: ${compiled.error.message} (CC names another)`);
  }
  throw new Lacking(
    `${cc} does not compile the probe: ${compiled.stderr.trim().split('\n')[0] ?? ''}`,
  );
}
