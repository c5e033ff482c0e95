import { perPte, singleFastPath } from '@ptelab/mprotect';
import type { ArchName, EventCounters } from '@ptelab/pte';
import { sizeText, TABLE_PAGES } from './folios.ts';
import { byOrder, ORDER_STORIES } from './order-table.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine } from './story.ts';

const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];
const COUNTED: readonly (keyof EventCounters)[] = [
  'rawReads',
  'rawWrites',
  'xchg',
  'unfolds',
  'tlbiOps',
  'pageLookups',
  'batches',
];

function total(events: EventCounters): number {
  return events.rawReads + events.rawWrites + events.xchg;
}

/** Q18 of the review: from which folio size on. */
export const q18: ModelQuestion = modelQuestion({
  id: 'Q18',
  title: 'Does batching win for large folios of every size?',
  asked:
    'Pedro Falcato wondered; David Hildenbrand: unknown for mprotect; fork and unmap gained even at low orders.',
  settled: 'Open.',
  claim:
    'In accesses to entries, on arm64 at every size: from 64K on, where contiguous blocks begin, by far the most; below, because a batch is started and committed as a range. On x86-64 they stay exactly as many at every size. What falls everywhere is the number of batches, and what rises is one lookup per folio.',
  beyond: 'From which size on the shorter loop is worth more than the lookup, in time.',
  stories: ORDER_STORIES.map(([, story]) => story),
  repeat: ORDER_STORIES.map(([, story]) => compareLine(story, '--kernel 6.16,7.3')),
  answer: () => {
    const rows = ARCHS.flatMap((arch) =>
      byOrder(arch, ['6.16', perPte], ['7.3', singleFastPath]).map((row) => ({ arch, ...row })),
    );
    const winning = (arch: ArchName): number[] =>
      rows
        .filter((row) => row.arch === arch && total(row.second) < total(row.first))
        .map(({ order }) => order);
    const worse = rows.filter(({ first, second }) => total(second) > total(first));
    return {
      facts: [
        {
          text: `Fewer accesses to entries on arm64 at orders ${winning('arm64').join(', ')}, on x86-64 at ${winning('x86-64').join(', ') || 'none'}.`,
          held: winning('arm64').join() === '2,3,4,5,6,7,8,9' && winning('x86-64').length === 0,
        },
        { text: `More at ${worse.length} sizes.`, held: worse.length === 0 },
      ],
      figures: [
        {
          title: `${TABLE_PAGES} private pages become read-only: 6.16 / 7.3`,
          columns: ['arch', 'folios', ...COUNTED],
          rows: rows.map(({ arch, order, first, second }) => [
            arch,
            sizeText(order),
            ...COUNTED.map((name) => `${first[name]} / ${second[name]}`),
          ]),
        },
      ],
    };
  },
});
