import { PtelabEnvironmentError, PtelabInputError } from '@ptelab/kernel';
import { ScenarioError } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { CliError, complaintOf } from './cli-error.ts';

it.each([
  [new CliError('no-root', 'expected root', 3), 'no-root', 3],
  [new ScenarioError('missing', 'f', { line: 1, column: 1 }, 'expected x'), 'missing', 2],
  [new PtelabInputError('bad-line', 'f', 1, 'expected x'), 'bad-line', 2],
  [new PtelabEnvironmentError('no-proc', 'expected /proc'), 'no-proc', 3],
  [new RangeError('oops'), 'bug', 70],
  ['oops', 'bug', 70],
])('%s ends with %s, %i', (error, code, exitCode) => {
  expect(complaintOf(error)).toMatchObject({ code, exitCode });
});

it('owns up to bugs', () => {
  expect(complaintOf(new RangeError('oops')).message).toBe('a bug in ptelab: oops');
});
