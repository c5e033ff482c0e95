import { createMachine, type MachineSpec, type Scenario } from '@ptelab/scenario';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, dumpOf, lettersOf, play, tell } from './story.ts';

const PAGES = 64;
const BLOCK = 16;

/** Read-only and back over a part of every block. */
function roundTrip(name: string, title: string, at: number, pages: number): Scenario {
  const calls: string[] = [];
  for (const prot of ['r', 'rw']) {
    for (let block = 0; block < PAGES; block += BLOCK) {
      calls.push(`mprotect ${block + at} ${pages} ${prot}`);
    }
  }
  return tell(`q22-${name}`, title, [
    'thp 64 always',
    `mmap 0 ${PAGES} rw anon`,
    `w 0 ${PAGES}`,
    ...calls,
    `dump after 0 ${PAGES}`,
  ]);
}

const STORIES: readonly Scenario[] = [
  roundTrip('whole', 'whole blocks', 0, BLOCK),
  roundTrip('upper-half', 'the upper half of each', 8, 8),
  roundTrip('lower-half', 'the lower half of each', 0, 8),
  roundTrip('last-page', 'the last page of each', 15, 1),
  roundTrip('first-page', 'the first page of each', 0, 1),
];
const KERNELS: readonly MachineSpec['kernel'][] = ['6.16', '6.17', '7.3'];

/** Q22 of the review: parts of blocks. */
export const q22: ModelQuestion = modelQuestion({
  id: 'Q22',
  title: 'What happens to a contiguous block of which a part is changed?',
  asked: 'Ryan Roberts on corner cases: the size of a folio says nothing about how it is mapped.',
  settled: 'Not discussed further.',
  claim:
    'Up to 6.16 every entry was committed alone, and the commit of the last entry of a block folded it again if all agreed; a range that left that entry out never did. Since 6.17 folding is tried only where a batch of a single page ends a block: a round trip over a half leaves it unfolded for good.',
  beyond: 'How often programs do that, and what sixteen TLB entries in place of one cost them.',
  stories: STORIES,
  repeat: [
    ...STORIES.map((story) => compareLine(story, '--arch arm64 --kernel 6.16,7.3')),
    'ptelab run scenarios/findings/contpte-erosion.yaml',
  ],
  answer: () => {
    const rows = STORIES.map((story) => ({
      story,
      blocks: KERNELS.map((kernel) => {
        const spec: MachineSpec = { arch: 'arm64', kernel };
        const { arch } = createMachine(spec);
        const pages = dumpOf(play(story, spec));
        return pages.filter((page) => lettersOf(arch, page).includes('c')).length / BLOCK;
      }),
    }));
    const of = (name: string): readonly number[] =>
      rows.find(({ story }) => story.name === `q22-${name}`)?.blocks ?? [];
    const all = PAGES / BLOCK;
    return {
      facts: [
        {
          text: `Of ${all} blocks, ${of('upper-half').join(', ')} are contiguous after a round trip over their upper halves (${KERNELS.join(', ')}).`,
          held: of('upper-half').join() === [all, 0, 0].join(),
        },
        {
          text: `After one over their last pages: ${of('last-page').join(', ')}.`,
          held: of('last-page').join() === [all, all, all].join(),
        },
        {
          text: `Whole blocks: ${of('whole').join(', ')}.`,
          held: of('whole').every((nr) => nr === all),
        },
      ],
      figures: [
        {
          title: `Blocks, of ${all}, that are contiguous after read-only and back over`,
          columns: ['what', ...KERNELS],
          rows: rows.map(({ story, blocks }) => [story.title, ...blocks]),
        },
      ],
    };
  },
});
