import {
  context,
  defineStrategy,
  flattenWhenUpgrading,
  merged,
  type Strategy,
} from '@ptelab/mprotect';
import { isShared } from '@ptelab/mm';
import type { MachineSpec, Scenario } from '@ptelab/scenario';
import { RIGHT, strategyOf } from '../mutants/steps.ts';
import { filledTable, TABLE_PAGES } from './folios.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, tell } from './story.ts';

const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '7.3' };

/** A huge page mapped by entries, some of them exclusive, that becomes writable. */
function pattern(name: string, title: string, lines: readonly string[]): Scenario {
  const all = [
    ...filledTable(9),
    ...lines,
    `mprotect 0 ${TABLE_PAGES} r`,
    `mprotect 0 ${TABLE_PAGES} rw`,
  ];
  return tell(`q10-${name}`, title, all);
}

const ALTERNATING = pattern('alternating', 'Every second page is exclusive', [
  'forkexit child',
  `w 0 ${TABLE_PAGES} 2`,
]);
const PATTERNS: readonly Scenario[] = [
  ALTERNATING,
  pattern('half', 'The first half is exclusive', ['forkexit child', `w 0 ${TABLE_PAGES / 2}`]),
  pattern('all', 'All pages are exclusive', []),
  pattern('none', 'No page is exclusive', ['forkexit child']),
];

/** Finds the batch, takes its first run, forgets everything: the next call finds the rest again. */
const STATELESS: Strategy = defineStrategy({
  ...strategyOf('Q10', '', '', {
    batch: (range, page, index, pte) => {
      const nr = RIGHT.batch(range, page, index, pte);
      if (!range.tryChangeWritable || isShared(range.vma)) return nr;
      const { length } = RIGHT.run(range, page, 0, nr);
      range.mm.events.paeTests += length < nr ? length + 1 : length;
      return length;
    },
  }),
  name: 'stateless',
});

const DESIGNS: readonly (readonly [name: string, strategy: Strategy])[] = [
  ['nested (merged)', merged],
  ['stateless', STATELESS],
  ['one loop (flatten-when-upgrading)', flattenWhenUpgrading],
  ['context', context],
];

/** Q10 of the review: the loop over runs of exclusive pages. */
export const q10: ModelQuestion = modelQuestion({
  id: 'Q10',
  title: 'Where does the loop over runs of exclusive pages belong?',
  asked:
    'Version 3 had it apart, version 4 in line, which Lorenzo Stoakes hated. Ryan Roberts listed a context, one loop for both, and a function without state; Lorenzo liked the last and asked whether it is quadratic. Ryan: it is.',
  settled: 'Nested: one batch, which commit_anon_folio_batch() divides.',
  claim:
    'Without state the scan is quadratic where pages alternate; the three others look at every entry and every flag once. One loop has as many batches as there are runs, which costs arm64 its long operations.',
  beyond: '',
  stories: PATTERNS,
  repeat: PATTERNS.map((story) =>
    compareLine(
      story,
      '--arch x86-64 --kernel 7.3 --strategy merged,flatten-when-upgrading,context',
    ),
  ),
  answer: () => {
    const rows = PATTERNS.flatMap((story) =>
      DESIGNS.map(([name, strategy]) => {
        const { rawReads, paeTests, batches, commits } = eventsOf(story, MACHINE, strategy);
        return { story, name, rawReads, paeTests, batches, commits };
      }),
    );
    const of = (design: string): (typeof rows)[number] | undefined =>
      rows.find(({ story, name }) => story === ALTERNATING && name.startsWith(design));
    const n = TABLE_PAGES;
    const quadratic = (n * (n + 1)) / 2;
    const nested = of('nested');
    return {
      facts: [
        {
          text: `Alternating, nested: ${nested?.rawReads} entry reads, ${nested?.commits} commits of ${nested?.batches} batch.`,
          held: nested?.rawReads === n && nested.batches === 1 && nested.commits === n,
        },
        {
          text: `Stateless: ${of('stateless')?.rawReads} entry reads, which is n(n+1)/2 = ${quadratic} for n = ${n}.`,
          held: of('stateless')?.rawReads === quadratic,
        },
        {
          text: `One loop: ${of('one loop')?.batches} batches. Context: ${of('context')?.batches}.`,
          held: of('one loop')?.batches === n && of('context')?.batches === n,
        },
      ],
      figures: [
        {
          title: `${n} entries of one folio become writable, x86-64`,
          columns: ['pages', 'design', 'entry reads', 'flag reads', 'batches', 'commits'],
          rows: rows.map(({ story, name, rawReads, paeTests, batches, commits }) => {
            return [story.title, name, rawReads, paeTests, batches, commits];
          }),
        },
      ],
    };
  },
});
