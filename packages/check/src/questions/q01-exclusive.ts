import { maybeChangePteWritable, NO_PAGE } from '@ptelab/mm';
import { defineStrategy, merged, type PteRange, type Strategy } from '@ptelab/mprotect';
import { createMachine, type MachineSpec } from '@ptelab/scenario';
import { MUTANTS } from '../mutants/all.ts';
import { RIGHT, strategyOf, type Decision } from '../mutants/steps.ts';
import { judgeSmall } from './judge-small.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { dumpOf, faultsOf, isWritable, play, runLine, tell } from './story.ts';

const PAGES = 16;
const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '6.17' };

const STORY = tell('q01-mapped-exclusively', 'Mapped by one process alone, and no page exclusive', [
  'thp 64 always',
  `mmap 0 ${PAGES} rw anon`,
  `w 0 ${PAGES}`,
  'fork child',
  `child child u 0 ${PAGES}`,
  `mprotect 0 ${PAGES} r`,
  `mprotect 0 ${PAGES} rw`,
  `dump after 0 ${PAGES}`,
  `wf next-write 0 ${PAGES}`,
]);

/** The test that was posted first: what is mapped by one process alone becomes writable. */
function mappedExclusively(range: PteRange, page: number): Decision {
  const decision = RIGHT.decide(range, page);
  if (decision !== 'by-page') return decision;
  const { mm, vma, new: new_ } = range;
  const { memmap } = mm.system;
  if (page === NO_PAGE || !maybeChangePteWritable(mm, vma, new_.bits)) return 'none';
  const mapcount = memmap.folioMapcount(page);
  const large = memmap.folioOrder(page) > 0;
  const shared = large ? memmap.mmIds.maybeShared(memmap.folioHead(page), mapcount) : mapcount > 1;
  return shared ? 'none' : 'all';
}

function mutant(id: string): Strategy {
  return MUTANTS.find((known) => known.id === id)?.strategy ?? merged;
}

const POSTED: Strategy = defineStrategy({
  ...strategyOf('Q1', '', '', { decide: mappedExclusively }),
  name: 'mapped-exclusively',
});

const CANDIDATES: readonly (readonly [string, Strategy])[] = [
  ['merged (flag of each page)', merged],
  ['folio mapped by one process (v1, v2)', POSTED],
  ['flag of the first page for all (mutant M2)', mutant('M2')],
  ['maybe taken for yes (mutant B8)', mutant('B8')],
];

/** Q1 of the review: one test for a whole batch. */
export const q01: ModelQuestion = modelQuestion({
  id: 'Q1',
  title: 'May anonymous memory get write permission back for a whole batch by one test?',
  asked:
    'Versions 1 and 2 asked the folio whether it is mapped by one process alone. David Hildenbrand: that is another question; a page that is exclusive and a folio that is mapped exclusively are not the same.',
  settled:
    'PageAnonExclusive is tested for every page, and a batch is committed in runs that agree.',
  claim:
    'No. After a fork whose child has unmapped the folio, the folio is mapped once and none of its pages is exclusive: somebody may still read them (a pipe, a device). Any test of the folio, or of one page, gives write permission to pages that are not exclusive.',
  beyond: '',
  stories: [STORY],
  repeat: [runLine(STORY, '--arch x86-64 --kernel 6.17'), 'ptelab check --mutants'],
  answer: () => {
    const { arch } = createMachine(MACHINE);
    const results = CANDIDATES.map(([name, strategy]) => {
      const run = play(STORY, MACHINE, strategy);
      const pages = dumpOf(run);
      const wrong = pages.filter((page) => isWritable(arch, page) && page.anonExclusive === false);
      const faults = faultsOf(run).reduce((sum, nr) => sum + nr, 0);
      const verdict = strategy === merged ? null : judgeSmall(strategy);
      return { name, wrong: wrong.length, faults, verdict };
    });
    const [right, posted, ...mutants] = results;
    return {
      facts: [
        {
          text: `Page by page, ${right?.wrong} of ${PAGES} pages that are not exclusive become writable.`,
          held: right?.wrong === 0,
        },
        {
          text: `By the folio's mappings, ${posted?.wrong} of ${PAGES} do, and ${posted?.faults} writes fault; the search breaks the rule ${posted?.verdict?.rule}.`,
          held:
            posted?.wrong === PAGES &&
            posted.faults === 0 &&
            posted.verdict?.rule === 'exclusive-writable',
        },
        {
          text: 'The two other shortcuts are refuted as well.',
          held:
            mutants.length === 2 &&
            mutants.every(({ verdict }) => verdict?.rule === 'exclusive-writable'),
        },
      ],
      figures: [
        {
          title: 'Not exclusive and writable after read-only and back, and what the search says',
          columns: ['test', 'pages', 'write faults', 'broken rule', 'smallest state', 'states'],
          rows: results.map(({ name, wrong, faults, verdict }) => {
            if (verdict === null) return [name, wrong, faults, 'none (see Q19)', '', ''];
            return [name, wrong, faults, verdict.rule, verdict.where, verdict.states];
          }),
        },
      ],
    };
  },
});
