import { seriesV4, splitHelpers, type Strategy } from '@ptelab/mprotect';
import type { MachineSpec, Scenario } from '@ptelab/scenario';
import { allPatterns, PATTERN_PAGES, PATTERNS } from './patterns.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { callOf, compareLine, dumpOf, play, tell } from './story.ts';

const MACHINES: readonly MachineSpec[] = [
  { arch: 'arm64', kernel: '7.3' },
  { arch: 'x86-64', kernel: '7.3' },
];
const STORY = tell('q08-one-exclusive', 'Two of four pages are exclusive', [
  'mmap 0 4 r anon',
  'entries 0 A=2,exclusive:1010 A0:y A1:y A2:y A3:y',
  'mprotect 0 4 rw',
]);

/** Everything that anyone can see of a call: count, batches, flushes, events, entries. */
function traceOf(story: Scenario, spec: MachineSpec, strategy: Strategy): string {
  const run = play(story, spec, strategy);
  const { mprotect, events } = callOf(run);
  return JSON.stringify([mprotect, events, dumpOf(run)]);
}

/** Q8 of the review: a type of three values. */
export const q08: ModelQuestion = modelQuestion({
  id: 'Q8',
  title: 'One answer with three values, or helpers for each kind of mapping?',
  asked:
    'Ryan Roberts sketched yes, no and maybe, and version 4 used it; a logical and, which makes a bool of it, cost the author hours. Lorenzo Stoakes refused it and offered to split the function instead.',
  settled: 'can_change_pte_writable() was split (45199f715b74).',
  claim:
    'A question of style: the split form does exactly what the three values did, mistakes included. It was the form in which the mistakes could be seen.',
  beyond: 'Which of the two reads better.',
  stories: [STORY],
  repeat: [compareLine(STORY, '--kernel 7.3 --strategy series-v4,split-helpers')],
  answer: () => {
    const changes = [
      allPatterns('patterns-down', 'rw', 'r'),
      allPatterns('patterns-up', 'r', 'rw'),
      allPatterns('patterns-none', 'rw', 'n'),
    ];
    const rows = MACHINES.flatMap((spec) =>
      changes.map((story) => {
        const same = traceOf(story, spec, seriesV4) === traceOf(story, spec, splitHelpers);
        return [spec.arch, story.title, PATTERNS, same ? 'the same' : 'differs'] as const;
      }),
    );
    return {
      facts: [
        {
          text: `Counts, batches, flushes, events and entries are the same on all of ${PATTERNS} patterns, whatever the change.`,
          held: rows.every((row) => row[3] === 'the same'),
        },
      ],
      figures: [
        {
          title: `series-v4 against split-helpers, every pattern of ${PATTERN_PAGES} entries of a folio`,
          columns: ['arch', 'change', 'patterns', 'result'],
          rows,
        },
      ],
    };
  },
});
