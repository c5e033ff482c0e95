import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseScenario } from '@ptelab/scenario';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { blocksOf, shows, type Block } from './documents/blocks.fixture.ts';
import { commandsIn, fateOf } from './documents/commands.fixture.ts';
import { MAIN, ROOT } from './ptelab.fixture.ts';

/*
 * Every code block of the README files and of docs/ does what its document says. The pages of questions are
 * written from runs, and have a test of their own (explain.test.ts); docs/verbs.md is what --help prints.
 */

const CLI = join(import.meta.dirname, '..');
/** Inside of this package, so that examples find what they import. */
const SANDBOX = join(CLI, 'node_modules/.cache/documents');
/** What examples read. */
const SEEN = ['docs', 'packages', 'recordings', 'scenarios', 'schema', 'traces'];

function under(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && !/node_modules|dist\//.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'packages')).map((dir) => `packages/${dir}/README.md`),
  ...readdirSync(join(ROOT, 'apps')).map((dir) => `apps/${dir}/README.md`),
  ...under('docs', /^(?!questions|verbs\.md).*\.md$/),
  ...under('examples', /\.md$/),
];

/** What examples need that is not here: they are only checked by the compiler. */
const NEEDS = /\bnew Capture\(|LiveKernel\.open\(/;

function sandboxOf(document: string): string {
  const folder = join(SANDBOX, document.replaceAll(/\W+/g, '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of SEEN) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

function runNode(args: readonly string[], cwd: string): { status: number | null; printed: string } {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { status, printed: stdout + stderr };
}

function expectShown({ place, printed: shown }: Block, printed: string): void {
  if (shown === null) return;
  const fits = shows(shown, printed);
  expect({ place, fits, printed: fits ? '' : printed }).toEqual({ place, fits: true, printed: '' });
}

function runScript(block: Block, cwd: string): void {
  const { outputText } = ts.transpileModule(block.text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  if (block.text.includes('export default')) {
    writeFileSync(join(cwd, 'my-strategy.ts'), block.text);
    return;
  }
  if (NEEDS.test(block.text)) return;
  const { status, printed } = runNode(['--input-type=module', '--eval', outputText], cwd);
  expect({ place: block.place, status, printed: status === 0 ? '' : printed }).toEqual({
    place: block.place,
    status: 0,
    printed: '',
  });
  expectShown(block, printed);
}

function runShell(block: Block, cwd: string): void {
  let printed = '';
  for (const command of commandsIn(block.text)) {
    const fate = fateOf(command);
    const place = `${block.place}: ${command}`;
    expect({ place, kind: fate.kind }).not.toEqual({ place, kind: 'unknown' });
    if (fate.kind === 'flags') {
      const help = runNode([MAIN, fate.args[0] ?? '', '--help'], cwd).printed;
      const flags = fate.args.filter((word) => /^--?[a-z]/.test(word));
      for (const flag of flags) expect(`${place}\n${help}`).toContain(`${flag} `);
    }
    if (fate.kind !== 'run') continue;
    const ended = runNode([MAIN, ...fate.args], cwd);
    // 1 is an answer too: something does not hold. 2 is, where a mistake is shown.
    const allowed = block.printed?.startsWith('ptelab: ') === true ? [2] : [0, 1];
    const fits = allowed.includes(ended.status ?? -1);
    expect({ place, fits, printed: fits ? '' : ended.printed }).toEqual({
      place,
      fits: true,
      printed: '',
    });
    printed += ended.printed;
  }
  expectShown(block, printed);
}

/** A scenario runs; a step of one is read. */
function runYaml(block: Block, cwd: string): void {
  if (!block.text.includes('steps:')) {
    const head = 'name: part\nsteps:\n  - mmap: { at: 0, pages: 64, prot: rw, kind: anon }\n';
    parseScenario(head + block.text.replaceAll(/^/gm, '  '), block.place);
    return;
  }
  const name = block.saveAs ?? `${block.place.replaceAll(/\W+/g, '-')}.yaml`;
  writeFileSync(join(cwd, name), block.text);
  const { status, printed } = runNode([MAIN, 'run', name], cwd);
  expect({ place: block.place, status, printed: status === 0 ? '' : printed }).toMatchObject({
    status: 0,
  });
}

/** A command after a dollar sign, and what it prints. */
function runConsole(block: Block, cwd: string): void {
  const [first = '', ...rest] = block.text.split('\n');
  runShell({ ...block, text: first.replace(/^\$ /, ''), printed: rest.join('\n') }, cwd);
}

const RUN: Readonly<Record<string, ((block: Block, cwd: string) => void) | null>> = {
  js: runScript,
  ts: runScript,
  sh: runShell,
  yaml: runYaml,
  console: runConsole,
  // Output of the block before it; the query of docs/fleet.md runs in packages/kernel/test/fleet.test.ts.
  '': null,
  text: null,
  sql: null,
};

describe('documents', () => {
  it.each(DOCUMENTS)('%s does what it says', (document) => {
    const cwd = sandboxOf(document);
    for (const block of blocksOf(document)) {
      expect(Object.keys(RUN), block.place).toContain(block.language);
      RUN[block.language]?.(block, cwd);
    }
  });

  it('their TypeScript is right', () => {
    const folder = join(SANDBOX, 'types');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const files = DOCUMENTS.flatMap(blocksOf)
      .filter(({ language }) => language === 'ts')
      .map(({ place, text }) => {
        const file = join(folder, `${place.replaceAll(/\W+/g, '-')}.ts`);
        writeFileSync(file, text);
        return file;
      });
    expect(files.length).toBeGreaterThan(8);
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      types: ['node'],
      typeRoots: [join(CLI, 'node_modules/@types')],
    });
    const wrong = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file?.fileName.slice(folder.length + 1) ?? ''}: ${text}`;
    });
    expect(wrong).toEqual([]);
  });
});
