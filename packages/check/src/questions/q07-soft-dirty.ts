import { merged, perPte, type Strategy } from '@ptelab/mprotect';
import { createMachine, type MachineSpec, type Scenario } from '@ptelab/scenario';
import { MUTANTS } from '../mutants/all.ts';
import { judgeSmall } from './judge-small.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { batchText, callOf, compareLine, dumpOf, lettersOf, play, tell } from './story.ts';

const PAGES = 16;
const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '6.17' };

/** Clean entries of one folio, soft-dirty in turns. */
function inTurns(name: string, title: string, first: number): Scenario {
  const words = Array.from({ length: PAGES }, (_, i) => `A${i}:${i % 2 === first ? 'ys' : 'y'}`);
  return tell(name, title, [
    `mmap 0 ${PAGES} rw anon`,
    'clear_refs 4',
    `entries 0 A=4 ${words.join(' ')}`,
    `mprotect 0 ${PAGES} r`,
    `dump after 0 ${PAGES}`,
  ]);
}

const FIRST_WRITTEN = inTurns(
  'q07-first-soft-dirty',
  'Every second page soft-dirty, the first too',
  0,
);
const FIRST_CLEAN = inTurns('q07-first-clean', 'Every second page soft-dirty, the first not', 1);
const UNTRACKED = tell('q07-untracked', 'Nobody tracks soft-dirty', [
  'thp 64 always',
  `mmap 0 ${PAGES} rw anon`,
  `w 0 ${PAGES}`,
  `mprotect 0 ${PAGES} r`,
  `dump after 0 ${PAGES}`,
]);
const STORIES = [FIRST_WRITTEN, FIRST_CLEAN, UNTRACKED];

/** Mutant M1: the flag is not passed. */
const IGNORES: Strategy = MUTANTS.find(({ id }) => id === 'M1')?.strategy ?? merged;
const STRATEGIES: readonly (readonly [name: string, strategy: Strategy])[] = [
  ['per-pte', perPte],
  ['merged', merged],
  ['flag ignored (mutant M1)', IGNORES],
];

/** Q7 of the review: FPB_RESPECT_SOFT_DIRTY. */
export const q07: ModelQuestion = modelQuestion({
  id: 'Q7',
  title: 'Must a batch respect soft-dirty always, or only where it is tracked?',
  asked:
    'Lorenzo Stoakes: it matters only where soft-dirty tracking write-protects. The author and Ryan Roberts: keep the flag in any case.',
  settled: 'FPB_RESPECT_SOFT_DIRTY always on the main path, no flags where the NUMA scanner skips.',
  claim:
    'Where nothing is tracked all entries are soft-dirty, and the flag changes no batch. Where it is tracked it is needed: without, pages that were written are reported as clean, or clean ones as written.',
  beyond: 'How many calls meet VMAs on which tracking is on.',
  stories: STORIES,
  repeat: [
    ...STORIES.map((story) => compareLine(story, '--arch x86-64 --kernel 6.16,6.17')),
    'ptelab check --mutants',
  ],
  answer: () => {
    const { arch } = createMachine(MACHINE);
    const rows = STORIES.flatMap((story) =>
      STRATEGIES.map(([name, strategy]) => {
        const run = play(story, MACHINE, strategy);
        const softDirty = dumpOf(run).filter((page) => lettersOf(arch, page).includes('s')).length;
        return { story, name, batches: batchText(callOf(run)), softDirty };
      }),
    );
    const of = (story: Scenario, name: string): (typeof rows)[number] | undefined =>
      rows.find((row) => row.story === story && row.name.startsWith(name));
    const half = PAGES / 2;
    const verdict = judgeSmall(IGNORES);
    return {
      facts: [
        {
          text: `Untracked, the batches are the same with and without the flag: ${of(UNTRACKED, 'merged')?.batches}.`,
          held: of(UNTRACKED, 'merged')?.batches === of(UNTRACKED, 'flag')?.batches,
        },
        {
          text: `${half} of ${PAGES} pages are soft-dirty. Without the flag ${of(FIRST_WRITTEN, 'flag')?.softDirty} are reported if the first page is among them, and ${of(FIRST_CLEAN, 'flag')?.softDirty} if it is not.`,
          held:
            of(FIRST_WRITTEN, 'flag')?.softDirty === PAGES &&
            of(FIRST_CLEAN, 'flag')?.softDirty === 0 &&
            of(FIRST_CLEAN, 'merged')?.softDirty === half,
        },
        {
          text: `The search refutes it too: ${verdict.rule || 'no rule'} (${verdict.where}).`,
          held: verdict.rule !== '',
        },
      ],
      figures: [
        {
          title: 'Batches of mprotect(PROT_READ), and soft-dirty pages after it, x86-64 6.17',
          columns: ['story', 'strategy', 'batches', 'soft-dirty'],
          rows: rows.map(({ story, name, batches, softDirty }) => {
            return [story.title, name, batches, softDirty];
          }),
        },
      ],
    };
  },
});
