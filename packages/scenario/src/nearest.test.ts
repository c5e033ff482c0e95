import { expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

const choices = ['run', 'compare', 'conform', 'decode'];

it.each([
  ['comapre', 'compare'],
  ['Compare', 'compare'],
  ['confrom', 'conform'],
  ['rnu', 'run'],
  ['dcode', 'decode'],
])('%s is near %s', (word, choice) => {
  expect(nearest(word, choices)).toBe(choice);
});

it.each(['', 'x', 'verify', 'analyze'])('nothing is near %j', (word) => {
  expect(nearest(word, choices)).toBeUndefined();
  expect(didYouMean(word, choices)).toBe('');
});
