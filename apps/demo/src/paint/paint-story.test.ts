import { parseScenario, type MachineSpec } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import type { Edit } from './edit.ts';
import { paintStory, type PaintedStory } from './paint-story.ts';

const ARM: MachineSpec = { arch: 'arm64', kernel: '6.17' };
const FOLIO: Edit = {
  kind: 'stroke',
  tool: { kind: 'folio', order: 2 },
  pages: { at: 0, pages: 1 },
};

const BLANK = `name: blank
title: A table
steps:
  - mmap: { at: 0, pages: 16, prot: rw, kind: anon }
  - mprotect: { at: 0, pages: 16, prot: r }
`;

function painted(text: string, step: number, ...edits: Edit[]): PaintedStory {
  return edits.reduce<PaintedStory>(
    (so, edit) => paintStory(parseScenario(so.text, 'story'), ARM, so.step, edit),
    { text, step },
  );
}

describe('painting a story', () => {
  it('puts the entries between the mappings and the call', () => {
    expect(painted(BLANK, 1, FOLIO)).toEqual({
      step: 2,
      text: `name: blank
title: A table
steps:
  - mmap: { at: 0, pages: 16, prot: rw, kind: anon }
  - entries: { at: 0, folios: { A: { order: 2 } }, pages: [ A0:wdys, A1:wdys, A2:wdys, A3:wdys ] }
  - mprotect: { at: 0, pages: 16, prot: r }
`,
    });
  });

  it('goes on with what was painted before, whichever of its steps is looked at', () => {
    const hole: Edit = {
      kind: 'stroke',
      tool: { kind: 'empty', word: 'none' },
      pages: { at: 1, pages: 2 },
    };
    const once = painted(BLANK, 1, FOLIO);
    const twice = painted(once.text, 1, hole);
    expect(twice.step).toBe(2);
    expect(twice.text).toContain('pages: [ A0:wdys, none, none, A3:wdys ]');
    expect(painted(twice.text, 2, { kind: 'clear' }).text).toBe(BLANK);
  });

  it('changes what the call does', () => {
    expect(painted(BLANK, 1, { kind: 'prot', prot: 'none' }).text).toContain(
      'mprotect: { at: 0, pages: 16, prot: none }',
    );
  });

  it('begins where a story has led, on the machine that leads', () => {
    const story = `name: forked
steps:
  - thp: { kb: 64, enabled: always }
  - mmap: { at: 0, pages: 16, prot: rw, kind: anon }
  - write: { at: 0, pages: 16 }
  - forkexit: { id: child }
  - mprotect: { at: 0, pages: 16, prot: r }
    expect: { batches: [16] }
  - mprotect: { at: 0, pages: 16, prot: rw }
`;
    const young: Edit = {
      kind: 'stroke',
      tool: { kind: 'bit', bit: 'y', isSet: false },
      pages: { at: 0, pages: 1 },
    };
    const { text, step } = painted(story, 4, young);
    expect(step).toBe(3);
    const { steps } = parseScenario(text, 'story');
    expect(steps.map(({ operation }) => operation.op)).toEqual([
      'thp',
      'mmap',
      'entries',
      'mprotect',
    ]);
    expect(steps[2]?.operation).toMatchObject({
      folios: { A: { order: 4, exclusive: '0' } },
      pages: ['A0:d', ...Array.from({ length: 15 }, (_, i) => `A${i + 1}:dy`)],
    });
    expect(steps[3]).toMatchObject({ operation: { prot: 'r' }, expect: [] });
  });

  it('gives a table without a call one', () => {
    const made = painted(
      'name: a\nsteps:\n  - mmap: { at: 4, pages: 8, prot: rw, kind: anon }\n',
      0,
      FOLIO,
    );
    expect(made.text).toContain('- mprotect: { at: 4, pages: 8, prot: r }');
    expect(made.step).toBe(1);
  });

  it.each([
    ['pages: 2048, prot: rw, kind: anon', 'expected at most 1024 pages to paint, found 2048'],
    [
      'pages: 16, prot: rw, kind: shanon',
      'expected private anonymous memory to paint, found other at page 0',
    ],
  ])('refuses %s', (mapping, message) => {
    const text = `name: a\nsteps:\n  - mmap: { at: 0, ${mapping} }\n  - write: { at: 0, pages: 16 }\n  - mprotect: { at: 0, pages: 16, prot: r }\n`;
    expect(() => painted(text, 2, FOLIO)).toThrow(message);
  });
});
