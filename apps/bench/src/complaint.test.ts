import { expect, it } from 'vitest';
import { BenchError, EXIT } from './bench-error.ts';
import { complaintOf } from './complaint.ts';
import { makeProgram } from './program.ts';

it.each([
  [new BenchError('no such file'), 'no such file', EXIT.usage],
  [new BenchError('no compiler', EXIT.environment), 'no compiler', EXIT.environment],
  [new RangeError('oops'), 'a bug in bench: oops', EXIT.bug],
  ['oops', 'a bug in bench: oops', EXIT.bug],
])('%s ends the program with one line and a code', (error, text, exitCode) => {
  expect(complaintOf(error)).toEqual({ text, exitCode });
});

async function complaintOfArguments(...words: string[]): Promise<ReturnType<typeof complaintOf>> {
  const program = makeProgram().configureOutput({ writeOut: () => undefined });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return complaintOf(error);
  }
  throw new Error('the program had nothing to complain about');
}

it.each([
  [['--sweet', 'speed'], /^unknown option '--sweet'/],
  [['speed'], /^too many arguments/],
  [['--mib'], /argument missing$/],
  [['--suite', 'sped'], /^--suite: expected paper, .*found "sped".*speed/],
  [['--cycles', '0'], /^--cycles: expected a whole number from 1/],
  [['--json', '-', '--markdown', '-'], /^--json and --markdown: only one/],
  [['--json', '/nowhere/result.json'], /^--json: no folder \/nowhere$/],
  [['--markdown', '/'], /^--markdown: \/ is a folder$/],
  [['--svg', '/dev/null'], /^--svg: \/dev\/null is not a folder$/],
  [['--baseline', '/nowhere/result.json'], /^--baseline: ENOENT/],
])('%j is bad usage, said in one line before anything is measured', async (words, text) => {
  const complaint = await complaintOfArguments(...words);
  expect(complaint?.exitCode).toBe(EXIT.usage);
  expect(complaint?.text).toMatch(text);
  expect(complaint?.text).not.toContain('\n');
});

it('does not complain about --help', async () => {
  expect(await complaintOfArguments('--help')).toBeNull();
});
