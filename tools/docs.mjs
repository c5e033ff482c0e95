// Builds the site of docs/ with the API reference into site/, offline, and fails on dead links.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { LinkChecker } from 'linkinator';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(program, ...args) {
  const { status } = spawnSync(`${root}node_modules/.bin/${program}`, args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(`${root}site`, { recursive: true, force: true });
run('vitepress', 'build', 'docs');
run('typedoc', '--logLevel', 'Warn');

const result = await new LinkChecker().check({
  path: `${root}site`,
  recurse: true,
  // Other hosts are theirs to keep; this runs without a network.
  linksToSkip: async (link) => /^https?:\/\/(?!localhost|127\.0\.0\.1)/.test(link),
});
const broken = result.links.filter(({ state }) => state === 'BROKEN');
for (const { url, parent, status } of broken) console.error(`${parent}: ${url}: ${status}`);
const looked = result.links.filter(({ state }) => state !== 'SKIPPED').length;
console.log(`site: ${looked} links followed, ${broken.length} dead`);
process.exitCode = broken.length === 0 ? 0 : 1;
