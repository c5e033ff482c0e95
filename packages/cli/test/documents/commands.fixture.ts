import { readFileSync } from 'node:fs';
import { ROOT } from '../ptelab.fixture.ts';

/** What is done with a command of a document. */
export type Fate =
  | { readonly kind: 'run'; readonly args: readonly string[] }
  /** Only its verb and flags are looked at, for a reason. */
  | { readonly kind: 'flags'; readonly args: readonly string[]; readonly why: string }
  /** Only its name is. */
  | { readonly kind: 'known'; readonly why: string }
  | { readonly kind: 'unknown' };

/** Commands of ptelab that are not run here. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^(?:capture|analyze) .*--pid/, 'needs a process'],
  [/^(?:verify|record) /, 'needs a kernel, and root or an emulator'],
  [/^check (?!.*(?:--scope tiny|--init))/, 'takes minutes; test/check.test.ts runs it'],
  [/^conform recordings\/\*/, 'packages/kernel/test replays all recordings'],
  [/server\.parquet|app\.strace/, 'its input is made on another machine'],
  [/^explain all/, 'takes a minute; test/explain.test.ts runs it'],
];

/** Programs of others. */
const FOREIGN: Readonly<Record<string, string>> = {
  'apt-get': 'changes the machine',
  cd: 'a shell',
  git: 'needs a network',
  kubectl: 'needs a cluster',
  RESULTS: 'needs a cluster',
  strace: 'needs a program to trace',
};

/** Placeholders of documents, and what stands for them here. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  FILE: 'scenarios/basics/hole.yaml',
  'STORY.yaml': 'scenarios/basics/hole.yaml',
};

const SCRIPTS = Object.keys(
  (JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: object }).scripts,
);
const PNPM = [...SCRIPTS, 'install', 'changeset', 'test', 'start'];
const PUBLISHED = /^(?:--global|--save-dev|-D|ptelab|@ptelab\/\w+|pnpm@[\d.]+)$/;

function ptelabFate(args: readonly string[]): Fate {
  const line = args.join(' ');
  const reason = NOT_HERE.find(([pattern]) => pattern.test(line))?.[1];
  if (reason !== undefined) return { kind: 'flags', args, why: reason };
  return { kind: 'run', args: args.map((word) => PLACEHOLDERS[word] ?? word) };
}

/** The commands of a shell block: comments gone, continued lines joined. */
export function commandsIn(text: string): string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .flatMap((line) => line.split(' && '))
    .filter((line) => line !== '');
}

/** What to do with a command. */
export function fateOf(command: string): Fate {
  const words = command.replace(/^(?:sudo |npx -y pnpm@[\d.]+ |pnpm (?=ptelab ))/, (start) =>
    start.startsWith('npx') ? 'pnpm ' : '',
  );
  const [program = '', ...args] = words.replace(/^pnpm (?=ptelab )/, '').split(/\s+/);
  if (program === 'ptelab' || (program === 'npx' && args[0] === 'ptelab')) {
    return ptelabFate(program === 'npx' ? args.slice(1) : args);
  }
  if (program === 'pnpm') {
    const script = args[0] === 'run' ? args[1] : args[0];
    return PNPM.includes(script ?? '')
      ? { kind: 'known', why: 'a script of the repository' }
      : { kind: 'unknown' };
  }
  if (program === 'npm') {
    return args[0] === 'install' && args.slice(1).every((word) => PUBLISHED.test(word))
      ? { kind: 'known', why: 'installs what is published' }
      : { kind: 'unknown' };
  }
  const why = FOREIGN[program.split('=')[0] ?? ''];
  return why === undefined ? { kind: 'unknown' } : { kind: 'known', why };
}
