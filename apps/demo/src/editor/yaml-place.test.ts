import { expect, it } from 'vitest';
import { ITEM, placeAt, type YamlPlace } from './yaml-place.ts';

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
])('knows where the cursor is: %j', (text, expected) => {
  expect(place(text)).toEqual(expected);
});

it('is nowhere in a comment', () => {
  expect(place('# a |comment\nname: a\n')).toBeNull();
});
