import { expect, it } from 'vitest';
import { ITEM, keyAt, placeAt, type YamlPlace } from './yaml-place.ts';

const STEP = ['steps', ITEM] as const;

function place(text: string): YamlPlace | null {
  return placeAt(text.replace('|', ''), text.indexOf('|'));
}

it.each<[string, YamlPlace]>([
  ['|', { way: [], at: 'key', present: [] }],
  ['name: a\n|\nsteps: []\n', { way: [], at: 'key', present: ['name', 'steps'] }],
  ['name: a\nst|', { way: [], at: 'key', present: ['name'] }],
  ['tlb: |\n', { way: ['tlb'], at: 'value', present: [] }],
  ['steps:\n  - |', { way: [...STEP], at: 'value', present: [] }],
  ['steps:\n  - mpr|', { way: [...STEP], at: 'value', present: [] }],
  ['steps:\n  - thp: { kb: 64 }\n    |', { way: [...STEP], at: 'key', present: ['thp'] }],
  [
    'steps:\n  - mprotect: { at: 0, | }',
    { way: [...STEP, 'mprotect'], at: 'key', present: ['at'] },
  ],
  [
    'steps:\n  - mprotect: { at: 0, prot: |',
    { way: [...STEP, 'mprotect', 'prot'], at: 'value', present: [] },
  ],
  [
    'steps:\n  - mprotect:\n      at: 0\n      pr|',
    { way: [...STEP, 'mprotect'], at: 'key', present: ['at'] },
  ],
  [
    'steps:\n  - entries: { at: 0, folios: { A: { | } }, pages: [A0] }',
    { way: [...STEP, 'entries', 'folios', 'A'], at: 'key', present: [] },
  ],
  [
    'steps:\n  - read: { at: 0 }\n    expect: { batches: [|] }',
    { way: [...STEP, 'expect', 'batches', ITEM], at: 'value', present: [] },
  ],
  [
    'steps:\n  - mmap: { at: 0, p|\n  - zram\n',
    { way: [...STEP, 'mmap'], at: 'key', present: ['at'] },
  ],
  [
    'steps:\n  - zram: {}\n    expect: { on: { kernel: [6.16, 6|',
    { way: [...STEP, 'expect', 'on', 'kernel', ITEM], at: 'value', present: [] },
  ],
])('knows where the cursor is: %j', (text, expected) => {
  expect(place(text)).toEqual(expected);
});

it.each([
  ['a comment', '# a |comment\nname: a\n'],
  ['quotes', 'title: "wo|'],
  ['what is right behind a colon', 'name:|'],
])('is nowhere in %s', (_, text) => {
  expect(place(text)).toBeNull();
});

it('finds the key at a place, and the way to it', () => {
  const text = 'steps:\n  - mmap: { at: 0 }\n';
  const found = keyAt(text, text.indexOf('at: 0') + 1);
  expect(found).toMatchObject({ way: [...STEP, 'mmap', 'at'] });
  expect(text.slice(found?.from, found?.to)).toBe('at');
  expect(keyAt(text, text.indexOf('0'))).toBeNull();
});
