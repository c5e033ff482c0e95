import { describe, expect, it } from 'vitest';
import readme from '../README.md?raw';

/** Every source file, by its path below src/. */
const sources = new Map(
  Object.entries(
    import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true }),
  ).map(([path, text]) => [path.slice('../src/'.length), text]),
);

/** The rows of the table of rules: cells without their backticks. */
const rows = readme
  .split('\n')
  .filter((line) => /^\|.*\.test\.ts/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .map(([, , rule, kernel, file, test]) => ({ rule, kernel, file, test }));

describe('the table of rules', () => {
  it('is there', () => {
    expect(rows.length).toBeGreaterThan(50);
  });

  it.each(rows)('$rule', ({ kernel, file, test }) => {
    const source = sources.get(file ?? '');
    expect(source, `src/${String(file)}`).toBeDefined();
    const [, path = '', name = ''] = /^(\S+): (.+)$/.exec(test ?? '') ?? [];
    expect(sources.get(path), `src/${path}`).toContain(name);
    // The first function of a row stands in a source file, so that a search finds it.
    const [, fn] = /^\S+\.[ch] (\w+)/.exec(kernel ?? '') ?? [];
    if (fn !== undefined) expect(source).toContain(fn);
  });
});
