import { expect, it } from 'vitest';
import { captureEnvironment, environmentSchema, markedChoice } from './environment.ts';

it.each([
  ['always [madvise] never\n', 'madvise'],
  ['[always] madvise never', 'always'],
  ['always defer [defer+madvise] madvise never\n', 'defer+madvise'],
  ['performance\n', 'performance'],
  ['', ''],
])('the choice of %j is %j', (text, choice) => {
  expect(markedChoice(text)).toBe(choice);
});

it('describes any machine in the form of the result', () => {
  const environment = captureEnvironment();
  expect(environmentSchema.parse(environment)).toEqual(environment);
});
