import { perPte, singleFastPath } from '@ptelab/mprotect';
import type { ArchName, EventCounters } from '@ptelab/pte';
import { sizeText, TABLE_PAGES } from './folios.ts';
import { byOrder, ORDER_STORIES } from './order-table.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, ratio } from './story.ts';

const ARCHS: readonly ArchName[] = ['x86-64', 'arm64'];

function perPage(events: EventCounters): readonly [number, string] {
  const all = events.rawReads + events.rawWrites + events.xchg;
  return [ratio(events.xchg, TABLE_PAGES), `${Math.round((100 * events.xchg) / all)} %`];
}

/** Q24 of the review: the atomic swap. */
export const q24: ModelQuestion = modelQuestion({
  id: 'Q24',
  title: 'Is the atomic swap of each entry the next limit on x86-64?',
  asked:
    'Pedro Falcato: yes; hardware may set the dirty bit until the entry is taken out, so there is no safe way around it.',
  settled: 'Open.',
  claim:
    'One swap per page on x86-64, before and after, whatever the folio size: a batch takes none of them away. Nor does it on arm64, except that blocks which are no longer unfolded and folded need only one swap per page instead of three.',
  beyond: 'What share of the time a swap takes.',
  stories: ORDER_STORIES.map(([, story]) => story),
  repeat: ORDER_STORIES.filter(([order]) => order === 0 || order === 4).map(([, story]) =>
    compareLine(story, '--kernel 6.16,7.3'),
  ),
  answer: () => {
    const rows = ARCHS.flatMap((arch) =>
      byOrder(arch, ['6.16', perPte], ['7.3', singleFastPath]).map(({ order, first, second }) => {
        return { arch, order, before: perPage(first), after: perPage(second) };
      }),
    );
    const x86 = rows.filter(({ arch }) => arch === 'x86-64');
    const blocks = rows.filter(({ arch, order }) => arch === 'arm64' && order >= 4);
    return {
      facts: [
        {
          text: `x86-64: ${x86[0]?.before[0]} swap per page before, ${x86[0]?.after[0]} since, at all ${x86.length} sizes.`,
          held: x86.every(({ before, after }) => before[0] === 1 && after[0] === 1),
        },
        {
          text: `arm64 from 64K on: ${blocks[0]?.before[0]} before, ${blocks[0]?.after[0]} since.`,
          held: blocks.every(({ before, after }) => before[0] === 3 && after[0] === 1),
        },
      ],
      figures: [
        {
          title:
            'Swaps per page that becomes read-only, and their share of all accesses to entries',
          columns: ['arch', 'folios', '6.16', 'share', '7.3', 'share'],
          rows: rows.map(({ arch, order, before, after }) => [
            arch,
            sizeText(order),
            ...before,
            ...after,
          ]),
        },
      ],
    };
  },
});
