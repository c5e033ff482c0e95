// The main job on one screen: does the model agree with real kernels, and what did the series change?
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Files of a folder with an ending, sorted, as paths relative to the root. */
function filesIn(folder, ending) {
  if (!existsSync(`${root}${folder}`)) return [];
  return readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
}

const build = spawnSync(
  process.execPath,
  ['tools/turbo.mjs', 'run', 'build', '--filter=ptelab...', '--output-logs=errors-only'],
  { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
);
if (build.status !== 0) {
  process.stderr.write(`${build.stdout}${build.stderr}`);
  process.exit(build.status ?? 1);
}

const jobs = [
  {
    heading: 'Does the model agree with real kernels? (ptelab conform, step by step)',
    args: ['conform', '--mode', 'step'],
    files: filesIn('recordings', '.ndjson.gz'),
  },
  {
    heading: 'What did batching change? (ptelab compare, before and after)',
    args: ['compare', '--arch', 'arm64,x86-64', '--kernel', '6.16,6.17'],
    files: filesIn('scenarios/cover-letter', '.yaml'),
  },
];

let exitCode = 0;
for (const { heading, args, files } of jobs) {
  console.log(`\n== ${heading}\n`);
  if (files.length === 0) {
    console.error(`ptelab ${args[0]}: no input files`);
    exitCode ||= 2;
    continue;
  }
  const run = spawnSync(process.execPath, ['packages/cli/dist/main.js', ...args, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  exitCode ||= run.status ?? 70;
}
process.exit(exitCode);
