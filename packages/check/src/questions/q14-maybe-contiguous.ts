import { maybeContiguous, merged, perPte } from '@ptelab/mprotect';
import type { DumpedPage, MachineSpec, Scenario } from '@ptelab/scenario';
import { filledTable, TABLE_PAGES } from './folios.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { callOf, compareLine, dumpOf, play, ratio, tell } from './story.ts';

const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '7.3' };

function layout(name: string, title: string, lines: readonly string[]): Scenario {
  return tell(`q14-${name}`, title, [
    ...lines,
    `mprotect 0 ${TABLE_PAGES} r`,
    `dump after 0 ${TABLE_PAGES}`,
  ]);
}

const LUCKY = layout('lucky', '4K pages touched in order', filledTable(0));
const SCATTERED = layout('scattered', '4K pages touched every second first', [
  `mmap 0 ${TABLE_PAGES} rw anon`,
  `w 0 ${TABLE_PAGES / 2} 2`,
  `w ${TABLE_PAGES / 2} ${TABLE_PAGES / 2} 2`,
  `w 0 ${TABLE_PAGES}`,
]);
const LAYOUTS: readonly Scenario[] = [
  LUCKY,
  SCATTERED,
  layout('16k', '16K folios', filledTable(2)),
  layout('64k', '64K folios', filledTable(4)),
  layout('2m', 'A huge page, mapped by entries', filledTable(9)),
  layout('half', 'Half 64K folios, half 4K pages', [
    'thp 64 always',
    `mmap 0 ${TABLE_PAGES} rw anon`,
    `w 0 ${TABLE_PAGES / 2}`,
    'thp 64 never',
    `w ${TABLE_PAGES / 2} ${TABLE_PAGES / 2}`,
  ]),
];

/** True if both pages are of one large folio, which lies at a multiple of its size. */
function sameFolio(a: DumpedPage, b: DumpedPage): boolean {
  if (a.pfn === null || b.pfn === null || a.folioOrder === null || a.folioOrder === 0) return false;
  const pages = 2 ** a.folioOrder;
  return Math.floor(a.pfn / pages) === Math.floor(b.pfn / pages);
}

/** How often the hint says yes, and how often there is a folio. */
function judge(pages: readonly DumpedPage[]): { yes: number; folio: number; both: number } {
  const result = { yes: 0, folio: 0, both: 0 };
  for (const [i, page] of pages.entries()) {
    const next = pages[i + 1];
    if (next === undefined) continue;
    const yes = page.pfn !== null && next.pfn === page.pfn + 1;
    const folio = sameFolio(page, next);
    if (yes) result.yes++;
    if (folio) result.folio++;
    if (yes && folio) result.both++;
  }
  return result;
}

/** Q14 of the review, from mremap's: a look at the next frame. */
export const q14: ModelQuestion = modelQuestion({
  id: 'Q14',
  title: 'Look at the next entry’s frame before looking the folio up?',
  asked:
    'maybe_contiguous_pte_pfns() of the first mremap batching. Anshuman Khandual: it costs sparse memory something; others: it may look at an entry that is not there; it compared with the page size, so that it hardly ever held. Pedro Falcato and David Hildenbrand took the idea up again in 2026.',
  settled: 'Dropped; the idea is alive.',
  claim:
    'The hint misses no folio, but single pages that lie in a row by luck look the same: where memory is free and touched in order, it has no precision at all. Every entry of a single page costs one more read.',
  beyond: 'How often pages lie in a row in real processes after some uptime.',
  stories: LAYOUTS,
  repeat: LAYOUTS.map((story) =>
    compareLine(story, '--arch x86-64 --kernel 7.3 --strategy per-pte,merged,maybe-contiguous'),
  ),
  answer: () => {
    const rows = LAYOUTS.map((story) => {
      const run = play(story, MACHINE, maybeContiguous);
      const [hint, always, never] = [
        run,
        play(story, MACHINE, merged),
        play(story, MACHINE, perPte),
      ].map((one) => callOf(one).events);
      return { story, ...judge(dumpOf(run)), hint, always, never };
    });
    const of = (story: Scenario): (typeof rows)[number] | undefined =>
      rows.find((row) => row.story === story);
    const lucky = of(LUCKY);
    const scattered = of(SCATTERED);
    return {
      facts: [
        {
          text: `Touched in order, ${lucky?.yes} of ${TABLE_PAGES - 1} neighbours look like a folio and ${lucky?.folio} are; ${lucky?.hint?.pageLookups} of ${lucky?.always?.pageLookups} lookups remain.`,
          held: lucky?.folio === 0 && lucky.yes > TABLE_PAGES / 2,
        },
        {
          text: `Scattered, ${scattered?.yes} do; ${scattered?.hint?.pageLookups} lookups remain, for ${(scattered?.hint?.rawReads ?? 0) - (scattered?.always?.rawReads ?? 0)} entry reads more.`,
          held: (scattered?.yes ?? TABLE_PAGES) < TABLE_PAGES / 2,
        },
        {
          text: 'No neighbours of one folio are missed.',
          held: rows.every(({ folio, both }) => folio === both),
        },
      ],
      figures: [
        {
          title: `${TABLE_PAGES} private pages become read-only, x86-64`,
          columns: [
            'layout',
            'hint yes',
            'same folio',
            'precision',
            'recall',
            'lookups',
            'merged',
            'entry reads',
            'merged ',
          ],
          rows: rows.map(({ story, yes, folio, both, hint, always }) => [
            story.title,
            yes,
            folio,
            yes === 0 ? '-' : ratio(both, yes),
            folio === 0 ? '-' : ratio(both, folio),
            hint?.pageLookups ?? 0,
            always?.pageLookups ?? 0,
            hint?.rawReads ?? 0,
            always?.rawReads ?? 0,
          ]),
        },
      ],
    };
  },
});
