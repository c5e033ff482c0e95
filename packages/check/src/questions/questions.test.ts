import { findStrategy } from '@ptelab/mprotect';
import { expect, it } from 'vitest';
import { QUESTIONS } from './all.ts';
import { explain } from './explain.ts';

it('every question of the review has its place', () => {
  expect(QUESTIONS.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, i) => `Q${i + 1}`));
});

it.each(QUESTIONS.filter(({ kind }) => kind === 'model'))(
  'what $id claims is borne out by its figures',
  { timeout: 60_000 },
  (question) => {
    const { facts, figures } = explain(question);
    expect(facts.filter(({ held }) => !held)).toEqual([]);
    expect(facts.length).toBeGreaterThan(0);
    for (const { columns, rows } of figures) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
    const text = JSON.stringify([facts, figures]);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  },
);

it('questions outside of the model say why', () => {
  for (const question of QUESTIONS) {
    if (question.kind === 'outside') expect(explain(question).beyond).not.toBe('');
  }
});

it('command lines name strategies and scenarios that are there', () => {
  for (const question of QUESTIONS) {
    if (question.kind === 'outside') continue;
    const names = question.stories.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const line of question.repeat) {
      for (const [, list = ''] of line.matchAll(/--strategy (\S+)/g)) {
        for (const name of list.split(',')) expect(findStrategy(name)?.name).toBe(name);
      }
      const [, name] = /scenarios\/questions\/(\S+)\.yaml/.exec(line) ?? [];
      if (name !== undefined) expect(names).toContain(name);
    }
  }
});
