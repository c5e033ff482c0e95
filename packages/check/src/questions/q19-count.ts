import { merged, STRATEGIES } from '@ptelab/mprotect';
import type { ArchName } from '@ptelab/pte';
import { judgeSmall } from './judge-small.ts';
import { allPatterns, PATTERNS } from './patterns.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { callOf, compareLine, play, tell } from './story.ts';

const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];
const STORY = tell('q19-hole', 'A folio with a hole and a page out of memory', [
  'mmap 0 8 rw anon',
  'entries 0 A=3 A0:wdy A1:wdy none A3:wdy swap A5:wdy A6:dy A7:dy',
  'mprotect 0 8 r',
]);

/** Q19 of the review: what the walk returns. */
export const q19: ModelQuestion = modelQuestion({
  id: 'Q19',
  title: 'Does the count of changed pages mean the same with batches?',
  asked:
    'The number feeds NUMA statistics and, since 2012, the decision to flush. Versions 4 and 5 add the length of the batch.',
  settled: 'pages += nr_ptes; batches that the NUMA scanner skips add nothing.',
  claim: 'Yes: every strategy counts what one entry at a time counts, on every pattern.',
  beyond: '',
  stories: [STORY],
  repeat: [compareLine(STORY, '--kernel 6.16,7.3'), 'ptelab check --scope tiny --strategy merged'],
  answer: () => {
    const changes = [
      allPatterns('patterns-down', 'rw', 'r'),
      allPatterns('patterns-up', 'r', 'rw'),
      allPatterns('patterns-none', 'rw', 'n'),
    ];
    const { states, rule } = judgeSmall(merged);
    const rows = STRATEGIES.map((strategy) => ({
      name: strategy.name,
      counts: ARCHS.flatMap((arch) =>
        changes.map((story) => {
          return callOf(play(story, { arch, kernel: '7.3' }, strategy)).mprotect?.changed ?? -1;
        }),
      ),
    }));
    const first = rows[0]?.counts.join();
    return {
      facts: [
        {
          text: `All ${rows.length} strategies count alike on ${PATTERNS} patterns and ${changes.length} changes, on both architectures.`,
          held: rows.every(({ counts }) => counts.join() === first),
        },
        {
          text: `The search of ${states} small states, calls of the NUMA scanner and of userfaultfd among them, breaks no rule, the one of the count included.`,
          held: rule === '',
        },
      ],
      figures: [
        {
          title: `Pages counted in ${PATTERNS} patterns of four entries`,
          columns: [
            'strategy',
            ...ARCHS.flatMap((arch) =>
              ['rw to r', 'r to rw', 'rw to n'].map((change) => `${arch} ${change}`),
            ),
          ],
          rows: rows.map(({ name, counts }) => [name, ...counts]),
        },
      ],
    };
  },
});
