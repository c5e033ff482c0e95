import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { showPage } from './show-page.mjs';

/** A specifier of a package in an import, without what is below the package. */
const IMPORTED = /(?:from|import) '((?:@[^/']+\/)?[^./'][^/']*)/g;

/** Projects of users: copies of the examples outside of the repository, which know the registry only. */
export class Consumers {
  #examples;
  #scenarios;
  #folder;
  #env;

  /**
   * @param {string} root - the repository.
   * @param {string} folder - where projects are made.
   * @param {Record<string, string>} env - what makes npm use the registry included.
   */
  constructor(root, folder, env) {
    this.#examples = join(root, 'examples');
    this.#scenarios = join(root, 'scenarios');
    this.#folder = folder;
    this.#env = { ...env, NO_COLOR: '1' };
    mkdirSync(folder);
  }

  /** Copies an example and installs what it asks for. */
  async #install(example) {
    const cwd = join(this.#folder, example.replace('/', '-'));
    const filter = (path) => !/[\\/](node_modules|dist)$/.test(path);
    cpSync(join(this.#examples, example), cwd, { recursive: true, filter });
    await this.#npm(cwd, 'install', '--no-package-lock', '--loglevel=error');
    return cwd;
  }

  #npm(cwd, ...args) {
    return run('npm', args, { cwd, env: this.#env });
  }

  /** ES modules and types, under both ways to resolve modules. */
  async typescript() {
    const cwd = await this.#install('typescript');
    await this.#npm(cwd, 'run', '--silent', 'check:oldest');
    await this.#npm(cwd, 'run', '--silent', 'check');
    const shown = await this.#npm(cwd, 'start', '--silent');
    return { note: 'types under nodenext and bundler; runs in Node', shown };
  }

  /** `require` of every package. */
  async commonjs() {
    const cwd = await this.#install('commonjs');
    const shown = await this.#npm(cwd, 'start', '--silent');
    return { note: `require() of every package in Node ${process.versions.node}`, shown };
  }

  /** A bundle for a page. */
  async browser() {
    const cwd = await this.#install('browser');
    await this.#npm(cwd, 'run', '--silent', 'build');
    const script = readFileSync(join(cwd, 'main.js'), 'utf8');
    const needed = /(?:from|import|require\()\s*["'](node:[a-z/]+)/.exec(script);
    if (needed)
      throw new Error(`main.js: expected nothing of Node, found an import of ${needed[1]}`);
    const size = `${Math.round(script.length / 1024)} KiB`;
    const page = await showPage(cwd);
    if (page === null) {
      return { note: `bundle of ${size}; not run: chromium not found`, shown: size };
    }
    return { note: `bundle of ${size}, run in Chromium`, shown: page };
  }

  /** The command line in an empty folder, where nothing is installed. */
  async commandLine(version) {
    const cwd = join(this.#folder, 'empty');
    mkdirSync(cwd);
    const ptelab = (...args) => run('npx', ['--yes', 'ptelab', ...args], { cwd, env: this.#env });
    const found = (await ptelab('--version')).trim();
    if (found !== version) throw new Error(`ptelab --version: expected ${version}, found ${found}`);
    cpSync(join(this.#scenarios, 'basics/hole.yaml'), join(cwd, 'hole.yaml'));
    const shown = [`$ npx ptelab --version\n${found}\n`];
    for (const args of [
      ['run', 'hole.yaml', '--arch', 'arm64', '--kernel', '7.3'],
      ['check', '--init'],
      // Loads TypeScript of a user's, and starts worker threads.
      ['check', '--strategy', './my-strategy.ts', '--scope', 'tiny'],
    ]) {
      shown.push(`$ npx ptelab ${args.join(' ')}\n${await ptelab(...args)}`);
    }
    return { note: `${found}: run, check --init, check`, shown: shown.join('\n') };
  }

  /** Names of the examples for single packages. */
  packages() {
    return readdirSync(join(this.#examples, 'packages'));
  }

  /** One package with nothing beside it: prints what it is said to print. */
  async onePackage(name) {
    const example = `packages/${name}`;
    const folder = join(this.#examples, example);
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const program = join(folder, 'index.mjs');
    const text = existsSync(program) ? readFileSync(program, 'utf8') : '';
    for (const [, imported] of text.matchAll(IMPORTED)) {
      if (!(imported in dependencies)) {
        throw new Error(
          `examples/${example}/index.mjs: expected imports of its dependencies, found ${imported}`,
        );
      }
    }
    const cwd = await this.#install(example);
    const shown = await this.#npm(cwd, 'start', '--silent');
    const expected = readFileSync(join(folder, 'output.txt'), 'utf8');
    if (shown !== expected) {
      throw new Error(
        `examples/${example}/output.txt: expected it to be what is printed, found\n${shown}`,
      );
    }
    return { note: 'prints what it should', shown };
  }
}
