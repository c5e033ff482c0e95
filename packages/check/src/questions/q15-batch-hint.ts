import { batchHint, merged } from '@ptelab/mprotect';
import type { ArchName } from '@ptelab/pte';
import { sizeText, TABLE_PAGES } from './folios.ts';
import { byOrder, ORDER_STORIES } from './order-table.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine } from './story.ts';

const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];

/** Q15 of the review, from mremap's: batches only where entries show them. */
export const q15: ModelQuestion = modelQuestion({
  id: 'Q15',
  title: 'Skip the folio lookup where pte_batch_hint() is 1, as mremap does?',
  asked:
    'Lorenzo Stoakes did so for mremap after a regression of 37 %. Jann Horn: mremap is a copy, a lookup for every eight bytes kills it. David Hildenbrand: what of small folios on arm64, and of 64K on x86? A trial for mprotect gained 17 % with single pages and lost 66 % with huge pages mapped by entries.',
  settled: 'mremap yes, mprotect no.',
  claim:
    'A lookup is saved for every page that is not in a contiguous block, and every batch outside of blocks is lost. On x86-64, which has no blocks, all of them; on arm64 those of folios below 64K. In counts the two curves never cross: single pages only gain, x86-64 folios trade one lookup each for a batch per page.',
  beyond: 'The mix of folio sizes at which one wins over the other in time.',
  stories: ORDER_STORIES.map(([, story]) => story),
  repeat: ORDER_STORIES.map(([, story]) =>
    compareLine(story, '--kernel 7.3 --strategy merged,batch-hint'),
  ),
  answer: () => {
    const rows = ARCHS.flatMap((arch) =>
      byOrder(arch, ['7.3', merged], ['7.3', batchHint]).map((row) => {
        const saved = row.first.pageLookups - row.second.pageLookups;
        const lost = row.second.batches - row.first.batches;
        return { arch, ...row, saved, lost };
      }),
    );
    const losing = (arch: ArchName): number[] =>
      rows.filter((row) => row.arch === arch && row.lost > 0).map(({ order }) => order);
    const single = rows.filter(({ order }) => order === 0);
    return {
      facts: [
        {
          text: `Single pages save ${single.map(({ saved }) => saved).join(' and ')} of ${TABLE_PAGES} lookups and lose no batch.`,
          held: single.every(({ saved, lost }) => saved === TABLE_PAGES && lost === 0),
        },
        {
          text: `Batches are lost on arm64 at orders ${losing('arm64').join(', ')}, on x86-64 at ${losing('x86-64').join(', ')}.`,
          held: losing('arm64').join() === '2,3' && losing('x86-64').length === 8,
        },
      ],
      figures: [
        {
          title: `${TABLE_PAGES} private pages become read-only: merged against batch-hint, rules of 7.3`,
          columns: [
            'arch',
            'folios',
            'lookups',
            'with the hint',
            'saved',
            'batches',
            'with the hint',
            'more',
          ],
          rows: rows.map(({ arch, order, first, second, saved, lost }) => [
            arch,
            sizeText(order),
            first.pageLookups,
            second.pageLookups,
            saved,
            first.batches,
            second.batches,
            lost,
          ]),
        },
      ],
    };
  },
});
