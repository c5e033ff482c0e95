#!/usr/bin/env node
// Packs the current package as it would be published, then lints the tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const shell = process.platform === 'win32';

/** Runs a tool that is a dependency of this package. */
function tool(name, ...args) {
  execFileSync(join(import.meta.dirname, 'node_modules/.bin', name), args, {
    stdio: 'inherit',
    shell,
  });
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const out = mkdtempSync(join(tmpdir(), 'ptelab-pack-'));
try {
  const text = execFileSync('pnpm', ['pack', '--json', '--pack-destination', out], {
    encoding: 'utf8',
    shell,
  });
  const packed = JSON.parse(text).files.map((file) => file.path);
  const stray = packed.filter(
    (path) =>
      !/^(dist\/|src\/|probe\/.*\.[ch]$|package\.json$|README\.md$|LICENSE$)/.test(path) ||
      /\.test\./.test(path),
  );
  if (stray.length > 0)
    throw new Error(`${manifest.name}: must not be published: ${stray.join(', ')}`);
  const tgz = join(out, readdirSync(out)[0]);
  tool('publint', '--strict', tgz);
  // A package without a main export has no types to check.
  if (manifest.exports['.']) {
    tool('attw', tgz, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-summary');
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
