import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';

/** Lines of the changelog of ptelab that are shown. */
const LINES_OF_CHANGELOG = 20;

/** @typedef {{ name: string, version: string, folder: string }} Package */

/** The packages of a checkout that are published, sorted by name. */
function publishedPackages(checkout) {
  return readdirSync(join(checkout, 'packages'))
    .map((dir) => ({
      folder: `packages/${dir}`,
      file: join(checkout, 'packages', dir, 'package.json'),
    }))
    .map(({ folder, file }) => ({ folder, ...JSON.parse(readFileSync(file, 'utf8')) }))
    .filter((manifest) => manifest.private !== true)
    .map(({ name, version, folder }) => ({ name, version, folder }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A checkout of its own, which is versioned, built and published as the release job does it. */
export class ReleaseCopy {
  #root;
  #env;
  #folder;

  /**
   * @param {string} root - the repository.
   * @param {string} folder - where the copy is made; must not exist.
   * @param {Record<string, string>} env
   */
  constructor(root, folder, env) {
    this.#root = root;
    this.#folder = folder;
    this.#env = {
      ...env,
      TURBO_TELEMETRY_DISABLED: '1',
      // Tags need somebody who makes them.
      GIT_COMMITTER_NAME: 'rehearsal',
      GIT_COMMITTER_EMAIL: 'rehearsal@localhost',
    };
  }

  #run(command, args, env = {}) {
    return run(command, args, { cwd: this.#folder, env: { ...this.#env, ...env } });
  }

  /** Copies what is committed, and installs. */
  async make() {
    const here = { cwd: this.#root, env: this.#env };
    const commit = (await run('git', ['rev-parse', 'HEAD'], here)).trim();
    const changed = (await run('git', ['status', '--porcelain'], here)).trimEnd();
    await run('git', ['clone', '--quiet', '--no-checkout', this.#root, this.#folder], here);
    await this.#run('git', ['checkout', '--quiet', '--detach', commit]);
    await this.#run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline']);
    const files = (await this.#run('git', ['ls-files'])).trimEnd().split('\n').length;
    const shown = `${files} files of ${commit.slice(0, 12)}`;
    const left = changed === '' ? '' : `\nNot in it, for it is not committed:\n${changed}`;
    return { note: shown, shown: shown + left };
  }

  /** Works changesets off: versions and changelogs. */
  async version() {
    await this.#run('pnpm', ['run', 'version-packages']);
    const packages = this.packages();
    const versions = [...new Set(packages.map(({ version }) => version))];
    const changed = await this.#run('git', ['status', '--porcelain', '.changeset', 'packages']);
    if (versions.length !== 1) {
      throw new Error(`packages: expected one version, found ${versions.join(', ')}`);
    }
    const version = versions[0];
    if (changed === '')
      return { note: `${packages.length} packages stay ${version}: no changeset` };
    const log = readFileSync(join(this.#folder, 'packages/cli/CHANGELOG.md'), 'utf8').split('\n');
    const left = log.length > LINES_OF_CHANGELOG ? '\n...' : '';
    return {
      note: `${packages.length} packages are ${version}`,
      shown: log.slice(0, LINES_OF_CHANGELOG).join('\n') + left,
    };
  }

  /**
   * npm takes provenance from nowhere but a build service, and heeds the manifest's word on it above all: so packages can't be
   * published from somewhere else by mistake. It is the one thing in which the copy differs from what is released.
   */
  #goWithoutProvenance() {
    for (const { folder } of this.packages()) {
      const file = join(this.#folder, folder, 'package.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      manifest.publishConfig.provenance = false;
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    }
  }

  /** Builds and publishes. */
  async publish(registry) {
    this.#goWithoutProvenance();
    await this.#run('pnpm', ['run', 'release'], registry.environment);
    const packages = this.packages();
    const lines = [];
    for (const { name, version } of packages) {
      const response = await fetch(`${registry.url}${name.replace('/', '%2f')}`);
      const found = response.ok ? (await response.json()).versions[version] : undefined;
      if (found === undefined)
        throw new Error(`${name}: expected ${version} in the registry, found none`);
      const { size } = await (await fetch(found.dist.tarball)).blob();
      lines.push(`${name} ${version}: ${Math.round(size / 1024)} KiB packed`);
    }
    return { note: `${packages.length} packages`, shown: lines.join('\n') };
  }

  /** Where it lies. */
  get folder() {
    return this.#folder;
  }

  /** @returns {Package[]} */
  packages() {
    return publishedPackages(this.#folder);
  }
}
