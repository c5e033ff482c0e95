import { scenarioJsonSchema } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from './schema-walk.ts';
import { suggestionsAt, type Suggestion } from './suggestions.ts';
import { placeAt } from './yaml-place.ts';

const SCHEMA: JsonSchema = scenarioJsonSchema();

function at(text: string): readonly Suggestion[] {
  const place = placeAt(text.replace('|', ''), text.indexOf('|'));
  return place === null ? [] : suggestionsAt(SCHEMA, place);
}

function labels(text: string): string[] {
  return at(text).map(({ label }) => label);
}

describe('what may be written', () => {
  it('at the top: what is not there yet', () => {
    expect(labels('name: a\n|')).toEqual(['title', 'description', 'tlb', 'steps']);
    expect(labels('tlb: |')).toEqual(['block', 'page']);
  });

  it('as a step: every operation, with what it takes', () => {
    const steps = at('steps:\n  - |');
    expect(steps.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['mprotect', 'mmap', 'fork', 'entries', 'swapoff']),
    );
    expect(steps.find(({ label }) => label === 'mprotect')).toMatchObject({
      template: 'mprotect: { at: #{1:0}, pages: #{2:16}, prot: #{3:r} }',
      detail: '{ at, pages, prot }',
    });
    expect(steps.filter(({ label }) => label === 'expect')).toEqual([]);
  });

  it('in a step: what else belongs to it', () => {
    expect(labels('steps:\n  - thp: { kb: 64, | }')).toEqual(['enabled', 'memory']);
    expect(labels('steps:\n  - thp: { kb: 64, enabled: |')).toEqual(['always', 'madvise', 'never']);
    expect(labels('steps:\n  - thp: { kb: 64, enabled: always }\n    |')).toEqual(['expect']);
    expect(labels('steps:\n  - entries: { folios: { A: { kind: | } } }')).toEqual([
      'anon',
      'file',
      'ksm',
    ]);
    expect(labels('steps:\n  - entries: { folios: { A: { order: 2, | } } }')).toEqual([
      'kind',
      'pfn',
      'exclusive',
      'shared',
    ]);
  });

  it('of a child: what it does, and with which pages', () => {
    expect(labels('steps:\n  - child: { id: a, |')).toEqual(['does', 'at', 'pages', 'step']);
    expect(labels('steps:\n  - child: { id: a, does: |')).toEqual([
      'exit',
      'read',
      'write',
      'munmap',
    ]);
  });

  it('as an expectation, in a list too', () => {
    expect(labels('steps:\n  - zram: {}\n    expect:\n      - |')).toContain('batches');
    expect(labels('steps:\n  - zram: {}\n    expect: { error: |')).toContain('null');
  });

  it('with what it means, in the words for its use', () => {
    const info = (text: string, label: string): string | undefined =>
      at(text).find((each) => each.label === label)?.info;
    expect(info('steps:\n  - |', 'munmap')).toBe('Unmaps pages.');
    expect(info('steps:\n  - munmap: { |', 'at')).toBe('The first page.');
    expect(info('steps:\n  - mmap: { |', 'file')).toBe('The id of a file.');
  });

  it('nowhere that the schema does not know', () => {
    expect(at('nothing: { | }')).toEqual([]);
    expect(at('name: |')).toEqual([]);
  });
});
