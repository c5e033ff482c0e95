import { expect, it } from 'vitest';
import { parseSettings, type Flags } from './options.ts';

const FLAGS: Flags = { cycles: '9', limitMib: '1024', limitSeconds: '10' };

it('measures everything unless told otherwise', () => {
  expect(parseSettings(FLAGS)).toEqual({
    suites: ['paper', 'kernel', 'speed', 'growth', 'page'],
    asked: false,
    mib: null,
    cycles: 9,
    limitMib: 1024,
    limitSeconds: 10,
  });
});

it.each([
  ['speed', ['speed'], true],
  ['growth, paper', ['paper', 'growth'], true],
  ['speed,speed', ['speed'], true],
  ['all', ['paper', 'kernel', 'speed', 'growth', 'page'], false],
])('--suite %j', (suite, suites, asked) => {
  expect(parseSettings({ ...FLAGS, suite })).toMatchObject({ suites, asked });
});

it.each(['', 'speed,', 'Speed', 'speed;growth'])('--suite %j is none', (suite) => {
  expect(() => parseSettings({ ...FLAGS, suite })).toThrow('--suite: expected paper, kernel');
});

it('says what was probably meant', () => {
  expect(() => parseSettings({ ...FLAGS, suite: 'grwoth' })).toThrow('growth?');
});

it.each(['0', '-1', '1.5', '1e3', ' 4', '', 'many', '9999999999999'])(
  'refuses %j for every number',
  (text) => {
    const message = `expected a whole number from 1 to`;
    expect(() => parseSettings({ ...FLAGS, mib: text })).toThrow(`--mib: ${message}`);
    expect(() => parseSettings({ ...FLAGS, cycles: text })).toThrow(`--cycles: ${message}`);
    expect(() => parseSettings({ ...FLAGS, limitMib: text })).toThrow(`--limit-mib: ${message}`);
    expect(() => parseSettings({ ...FLAGS, limitSeconds: text })).toThrow(
      `--limit-seconds: ${message}`,
    );
  },
);

it('takes numbers up to their ends', () => {
  const flags = { ...FLAGS, mib: '1048576', cycles: '10000', limitSeconds: '86400' };
  expect(parseSettings(flags)).toMatchObject({
    mib: 2 ** 20,
    cycles: 10_000,
    limitSeconds: 86_400,
  });
});
