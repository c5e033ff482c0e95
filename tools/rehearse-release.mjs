// Rehearses a release: versions, builds and publishes a copy of what is committed into a registry on this machine, and uses the
// packages from there as others would.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bareEnvironment, run } from './rehearse/command.mjs';
import { Consumers } from './rehearse/consumers.mjs';
import { startRegistry } from './rehearse/registry.mjs';
import { ReleaseCopy } from './rehearse/release-copy.mjs';
import { Steps } from './rehearse/steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ptelab-rehearsal-')));
const env = bareEnvironment(root);
const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: folder, env })).trim();

mkdirSync(join(folder, 'registry'));
const registry = await startRegistry(join(folder, 'registry'), upstream);
const copy = new ReleaseCopy(root, join(folder, 'copy'), env);
const steps = new Steps();

/** What users do; none of it needs another. */
async function consume() {
  const consumers = new Consumers(copy.folder, join(folder, 'consumers'), {
    ...env,
    ...registry.environment,
  });
  const [{ version }] = copy.packages();
  for (const name of consumers.packages()) {
    await steps.take(`example of ${name}`, () => consumers.onePackage(name));
  }
  await steps.take('TypeScript', () => consumers.typescript());
  await steps.take('CommonJS', () => consumers.commonjs());
  await steps.take('browser', () => consumers.browser());
  await steps.take('npx ptelab', () => consumers.commandLine(version));
}

try {
  const published =
    (await steps.take('copy and install', () => copy.make())) &&
    (await steps.take('version', () => copy.version())) &&
    (await steps.take('build and publish', () => copy.publish(registry)));
  if (published) await consume();
} finally {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n== Summary\n\n${steps.summary()}`);
process.exit(steps.failed ? 1 : 0);
