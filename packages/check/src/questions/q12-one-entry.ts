import { merged, type Strategy } from '@ptelab/mprotect';
import { EVENT_NAMES, type ArchName } from '@ptelab/pte';
import { RIGHT, strategyOf } from '../mutants/steps.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, tell } from './story.ts';

const STORY = tell('q12-one-page', 'One page in the middle of a folio', [
  'thp 64 always',
  'mmap 0 16 rw anon',
  'w 0 16',
  'mprotect 5 1 r',
]);
const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];

/** The same steps twice, so that both count alike: with and without the test. */
const WITHOUT: Strategy = strategyOf('Q12', '', '', {});
const WITH: Strategy = strategyOf('Q12', '', '', {
  batch: (range, page, index, pte) =>
    range.end - index === 1 ? 1 : RIGHT.batch(range, page, index, pte),
});

/** Q12 of the review: a test that went away. */
export const q12: ModelQuestion = modelQuestion({
  id: 'Q12',
  title: 'Why drop the test for a range of one entry?',
  asked: 'Lorenzo Stoakes and Ryan Roberts both asked; the author: it should have gone before.',
  settled: 'Dropped: folio_pte_batch() with a maximum of 1 returns 1.',
  claim:
    'It saves nothing that touches memory: with a maximum of one the scan reads no entry. The page has been looked up by then, with or without the test.',
  beyond: 'How many calls of real programs change one page of a large folio.',
  stories: [STORY],
  repeat: [compareLine(STORY, '--kernel 6.16,6.17')],
  answer: () => {
    const rows = ARCHS.flatMap((arch) => {
      const [without, with_, kernel] = [WITHOUT, WITH, merged].map((strategy) =>
        eventsOf(STORY, { arch, kernel: '6.17' }, strategy),
      );
      return EVENT_NAMES.filter((name) => (kernel?.[name] ?? 0) > 0).map((name) => {
        return [arch, name, with_?.[name] ?? -1, without?.[name] ?? -1] as const;
      });
    });
    const differ = rows.filter(([, , a, b]) => a !== b);
    return {
      facts: [
        {
          text: `Counters that differ with and without the test: ${differ.length} of ${rows.length}.`,
          held: rows.length > 0 && differ.length === 0,
        },
      ],
      figures: [
        {
          title: 'mprotect of one page of a 64K folio, 6.17',
          columns: ['arch', 'event', 'with the test', 'without'],
          rows,
        },
      ],
    };
  },
});
