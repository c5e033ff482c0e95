#!/usr/bin/env node
// "pnpm ptelab ..." in the repository: builds what is stale, silently, then becomes the command line.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = spawnSync(
  process.execPath,
  ['tools/turbo.mjs', 'run', 'build', '--filter=ptelab...', '--output-logs=errors-only'],
  { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
);
if (build.status !== 0) {
  process.stderr.write(`${build.stdout}${build.stderr}`);
  process.exit(70);
}

const cli = spawnSync(
  process.execPath,
  [`${root}packages/cli/dist/main.js`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
if (cli.signal) process.kill(process.pid, cli.signal);
else process.exit(cli.status ?? 70);
