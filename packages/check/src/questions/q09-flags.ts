import { FPB_RESPECT_DIRTY, FPB_RESPECT_SOFT_DIRTY, FPB_RESPECT_WRITE } from '@ptelab/mm';
import type { MachineSpec } from '@ptelab/scenario';
import { batchWith, strategyOf } from '../mutants/steps.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { batchText, callOf, compareLine, play, tell } from './story.ts';

const PAGES = 16;
const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '7.3' };
/** Write changes every eight pages, soft-dirty every four, dirty every two. */
const WORDS = Array.from({ length: PAGES }, (_, i) => {
  const letters = [i < 8 ? 'w' : '', i % 4 < 2 ? 'd' : '', 'y', i % 8 < 4 ? 's' : ''].join('');
  return `A${i}:${letters}`;
});
const STORY = tell('q09-three-bits', 'Three bits that change at different places', [
  `mmap 0 ${PAGES} rw anon`,
  `entries 0 A=4 ${WORDS.join(' ')}`,
  `mprotect 0 ${PAGES} r`,
]);

const FLAGS: readonly (readonly [name: string, flags: number])[] = [
  ['none', 0],
  ['RESPECT_SOFT_DIRTY (v3, v4)', FPB_RESPECT_SOFT_DIRTY],
  ['RESPECT_WRITE', FPB_RESPECT_WRITE],
  ['RESPECT_WRITE | RESPECT_SOFT_DIRTY (merged)', FPB_RESPECT_WRITE | FPB_RESPECT_SOFT_DIRTY],
  [
    'RESPECT_WRITE | RESPECT_SOFT_DIRTY | RESPECT_DIRTY',
    FPB_RESPECT_WRITE | FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_DIRTY,
  ],
];

/** Q9 of the review: how a caller says what a batch must respect. */
export const q09: ModelQuestion = modelQuestion({
  id: 'Q9',
  title: 'A bool, flags, or flags to switch off?',
  asked:
    'Version 3 had a bool, version 4 flags that switch flags off, which both reviewers called a land mine. Ryan Roberts prefers flags that say what they mean; Lorenzo Stoakes a bool, as long as there is one choice.',
  settled: 'Flags that say what is respected.',
  claim:
    'Each flag cuts where its bit changes and nowhere else, so what a caller respects can be read off its flags.',
  beyond: 'Which form reads better.',
  stories: [STORY],
  repeat: [compareLine(STORY, '--arch x86-64 --kernel 7.3 --strategy series-v3,merged')],
  answer: () => {
    const rows = FLAGS.map(([name, flags]) => {
      const strategy = strategyOf('Q9', name, '', { batch: batchWith(flags) });
      const call = callOf(play(STORY, MACHINE, strategy));
      return [name, call.events.batches, batchText(call)] as const;
    });
    const counts = rows.map((row) => row[1]);
    return {
      facts: [
        {
          text: `One table, ${counts.join(', ')} batches.`,
          held: counts.join() === [1, 4, 2, 4, 8].join(),
        },
      ],
      figures: [
        {
          title: `${PAGES} entries: write changes every 8, soft-dirty every 4, dirty every 2`,
          columns: ['flags', 'batches', 'lengths'],
          rows,
        },
      ],
    };
  },
});
