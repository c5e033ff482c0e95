import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../scenario-error.ts';
import { parseScenario } from './parse.ts';

function withSteps(...steps: readonly string[]): string {
  return ['name: x', 'steps:', ...steps].join('\n');
}

function failure(text: string): string {
  try {
    parseScenario(text, 'f.yaml');
  } catch (error) {
    if (error instanceof ScenarioError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing wrong';
}

describe('parseScenario', () => {
  it('gives operations, expectations and lines', () => {
    const text = withSteps(
      '  - mmap: { at: 0x10, pages: 16, prot: rw, kind: anon }',
      '  # a comment',
      '  - mprotect: { at: 16, pages: 16, prot: r }',
      '    expect:',
      '      on: { arch: arm64, kernel: 6.16 }',
      '      events: { rawReads: 80 }',
      '  - flushtlb',
      '  - zram:',
      '  - swapoff: {}',
    );
    expect(parseScenario(text, 'f.yaml')).toEqual({
      name: 'x',
      title: '',
      description: '',
      steps: [
        {
          operation: { op: 'mmap', at: 16, pages: 16, prot: 'rw', kind: 'anon' },
          expect: [],
          line: 3,
        },
        {
          operation: { op: 'mprotect', at: 16, pages: 16, prot: 'r' },
          expect: [{ on: { arch: ['arm64'], kernel: ['6.16'] }, events: { rawReads: 80 } }],
          line: 5,
        },
        { operation: { op: 'flushtlb' }, expect: [], line: 9 },
        { operation: { op: 'zram' }, expect: [], line: 10 },
        { operation: { op: 'swapoff' }, expect: [], line: 11 },
      ],
    });
  });

  it('keeps text that looks like a number as it is written', () => {
    const text = withSteps(
      '  - fork: { id: 010 }',
      '  - child: { id: 010, does: exit }',
      '  - vmas: { label: 1.0 }',
    );
    const { steps } = parseScenario(text, 'f.yaml');
    expect(steps.map((step) => step.operation)).toEqual([
      { op: 'fork', id: '010' },
      { op: 'child', id: '010', does: 'exit' },
      { op: 'vmas', label: '1.0' },
    ]);
  });

  it('spells out the range of a dump that has no start', () => {
    const text = withSteps(
      '  - fork: { id: k }',
      '  - dump: { label: a, pages: 8 }',
      '  - dump: { label: b, child: k }',
    );
    expect(
      parseScenario(text, 'f.yaml')
        .steps.slice(1)
        .map((step) => step.operation),
    ).toEqual([
      { op: 'dump', label: 'a', at: 0, pages: 8 },
      { op: 'dump', label: 'b', at: 0, pages: 512, child: 'k' },
    ]);
  });
});

describe('mistakes', () => {
  const mmap = '  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }';

  it.each([
    [
      '',
      'bad-value f.yaml:1:1: expected a scenario (name, title, description, tlb, steps), found nothing',
    ],
    [
      '- 1',
      'bad-value f.yaml:1:1: expected a scenario (name, title, description, tlb, steps), found a list',
    ],
    ['name: x', 'missing f.yaml:1:1: expected steps: a list of steps, found nothing'],
    ['name: x\nsteps: []', 'bad-value f.yaml:2:8: expected at least one step, found an empty list'],
    [
      'name: x\nsteps: flushtlb',
      'bad-value f.yaml:2:8: expected a list of steps, found "flushtlb"',
    ],
    [
      'nmae: x\nsteps: [flushtlb]',
      'unknown-key f.yaml:1:1: expected one of name, title, description, tlb, steps, found "nmae" (did you mean name?)',
    ],
    [
      'name: a b\nsteps: [flushtlb]',
      'bad-value f.yaml:1:7: expected a name (letters, digits, and . _ - inside), found "a b"',
    ],
    [
      withSteps('  - mmp: {}'),
      'unknown-key f.yaml:3:5: expected a step, found "mmp" (did you mean mmap?)',
    ],
    [
      withSteps('  - flushtbl'),
      'bad-value f.yaml:3:5: expected a step, found "flushtbl" (did you mean flushtlb?)',
    ],
    [
      withSteps('  - fork: { id: k }', '    vmas: { label: v }'),
      'unknown-key f.yaml:4:5: expected one operation in a step, found fork and vmas',
    ],
    [
      withSteps('  - munmap: { at: 0, page: 3 }'),
      'unknown-key f.yaml:3:22: expected one of at, pages, found "page" (did you mean pages?)',
    ],
    [
      withSteps('  - munmap: { at: 0 }'),
      'missing f.yaml:3:13: expected pages: a number of pages (a whole number from 1 to 17179869184), found nothing',
    ],
    [
      withSteps('  - munmap: { at: -1, pages: 3 }'),
      'bad-value f.yaml:3:19: expected the first page (a whole number from 0 to 17179869183), found -1',
    ],
    [
      withSteps('  - munmap: { at: 0, pages: 1.5 }'),
      'bad-value f.yaml:3:29: expected a number of pages (a whole number from 1 to 17179869184), found 1.5',
    ],
    [
      withSteps('  - munmap: { at: 0, pages: 1e30 }'),
      'bad-value f.yaml:3:29: expected a number of pages (a whole number from 1 to 17179869184), found 1e+30',
    ],
    [
      withSteps('  - munmap: { at: 17179869183, pages: 2 }'),
      'bad-story f.yaml:3:39: expected at + pages up to 17179869184, found 17179869183 + 2',
    ],
    [
      withSteps('  - mprotect: { at: 0, pages: 1, prot: wr }'),
      /^bad-value f.yaml:3:40: expected a protection .*found "wr" \(did you mean rw\?\)$/,
    ],
    [
      withSteps('  - madvise: { at: 0, pages: 1, advice: DONTNED }'),
      /^bad-value f.yaml:3:41: expected advice .*found "DONTNED" \(did you mean DONTNEED\?\)$/,
    ],
    [
      withSteps('  - thp: { kb: 63, enabled: always }'),
      'bad-value f.yaml:3:16: expected a folio size in KiB (a power of two from 8 to 524288), found 63',
    ],
    [
      withSteps('  - fork: { id: k }', '  - child: { id: k, does: wriet, at: 0, pages: 1 }'),
      'bad-value f.yaml:4:27: expected what the child does (does: read, write, munmap or exit), found "wriet" (did you mean write?)',
    ],
    [
      withSteps(
        mmap,
        '  - mprotect: { at: 0, pages: 4, prot: r }',
        '    expect: { on: { kernel: 6.10 } }',
      ),
      /^bad-value f.yaml:5:29: expected a kernel release .*found "6.10"/,
    ],
    [
      withSteps(mmap, '    expect:', '      - events: { rawRead: 3 }'),
      /^unknown-key f.yaml:5:19: .*found "rawRead" \(did you mean rawReads\?\)$/,
    ],
    [
      withSteps(mmap, '    expect: { changed: 3 }'),
      'bad-value f.yaml:4:15: expected changed at an mprotect step only, found it at mmap',
    ],
    [
      withSteps(mmap, '    expect: { effects: { reuse: 4 } }'),
      'bad-value f.yaml:4:15: expected effects at a predict step only, found it at mmap',
    ],
    [
      withSteps(
        mmap,
        '  - predict: { at: 0, pages: 4, access: write }',
        '    expect: { effects: { reus: 4 } }',
      ),
      /^unknown-key f.yaml:5:26: .*found "reus" \(did you mean reuse\?\)$/,
    ],
    [
      withSteps(mmap, '  - predict: { at: 0, pages: 4, access: wirte }'),
      'bad-value f.yaml:4:41: expected an access (read, write), found "wirte" (did you mean write?)',
    ],
    [
      withSteps(mmap, '  - mmap: { at: 3, pages: 4, prot: rw, kind: anon }'),
      'bad-story f.yaml:4:17: expected pages that are not mapped, found 3 to 6 over 0 to 3',
    ],
    [
      withSteps(mmap, '  - mremap: { at: 0, pages: 4, to: 2 }'),
      'bad-story f.yaml:4:36: expected a new place apart from the old one, found 2 inside 0 to 3',
    ],
    [
      withSteps('  - mmap: { at: 0, pages: 4, prot: rw, kind: shared }'),
      'bad-story f.yaml:3:46: expected file: the id of a file for kind shared, found nothing',
    ],
    [
      withSteps('  - mmap: { at: 0, pages: 4, prot: rw, kind: shared, file: F }'),
      'bad-story f.yaml:3:60: expected a file of an earlier step, found F',
    ],
    [
      withSteps('  - fork: { id: k1 }', '  - child: { id: k2, does: exit }'),
      'bad-story f.yaml:4:18: expected a child that lives (k1), found k2 (did you mean k1?)',
    ],
    [
      withSteps(
        '  - fork: { id: k1 }',
        '  - child: { id: k1, does: exit }',
        '  - dump: { label: d, child: k1 }',
      ),
      'bad-story f.yaml:5:30: expected a child that lives, found k1',
    ],
    [
      withSteps('  - fork: { id: k1 }', '  - fork: { id: k1 }'),
      "bad-story f.yaml:4:17: expected a new id, found k1, a living child's",
    ],
    [
      withSteps('  - munmap: { at: 0, at: 1 }'),
      'yaml-syntax f.yaml:3:22: expected each key once, found it again',
    ],
    [
      withSteps('  - munmap: { at: [ }'),
      /^yaml-syntax f.yaml:3:\d+: expected YAML, found a mistake: /,
    ],
    [withSteps('  - munmap: { at: !page 0 }'), /^yaml-syntax f.yaml:3:19: .*Unresolved tag/],
    [
      withSteps('  - munmap: &a { at: 0, pages: 1 }', '  - munmap: *a'),
      'yaml-syntax f.yaml:4:13: expected values in place, found the alias *a',
    ],
    ['['.repeat(20_000), /^yaml-syntax f.yaml:1:\d+: expected shallower nesting$/],
    [`name: ${'['.repeat(30)}${']'.repeat(30)}`, /^yaml-syntax .* expected shallower nesting$/],
    ['name: a\n---\nname: b', /^yaml-syntax f.yaml:2:1: /],
  ])('%j', (text, message) => {
    if (typeof message === 'string') expect(failure(text)).toBe(message);
    else expect(failure(text)).toMatch(message);
  });
});
