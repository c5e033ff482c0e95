import { findStrategy } from '@ptelab/mprotect';
import type { MachineSpec, Scenario } from '@ptelab/scenario';
import { TABLE_PAGES } from './folios.ts';
import { LOOKUP_STORIES } from './lookup-stories.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, ratio } from './story.ts';

const MACHINE: MachineSpec = { arch: 'x86-64', kernel: '7.3' };
const NAMES = [
  'per-pte',
  'merged-rc1',
  'merged',
  'single-fast-path',
  'batch-hint',
  'maybe-contiguous',
];

function perPage(story: Scenario, name: string): number {
  const { pageLookups } = eventsOf(story, MACHINE, findStrategy(name));
  return ratio(pageLookups, TABLE_PAGES);
}

/** Q5 of the review: the page lookup. */
export const q05: ModelQuestion = modelQuestion({
  id: 'Q5',
  title: 'Look the folio up once and reuse it, or for every batch?',
  asked:
    'The author passed the folio of the NUMA path on by a double pointer; Lorenzo Stoakes disliked that; David Hildenbrand proposed to move the lookup up. The author noted that it then happens always.',
  settled: 'vm_normal_page() for every batch, whatever is asked for.',
  claim:
    'The lookup became unconditional: entries of single pages, which needed none to become read-only, now cost one struct page each. Large folios share one lookup.',
  beyond: 'How long a lookup takes: that depends on whether the struct page is in a cache.',
  stories: LOOKUP_STORIES.map(([, story]) => story),
  repeat: LOOKUP_STORIES.map(([, story]) =>
    compareLine(story, '--arch x86-64 --kernel 7.3 --strategy per-pte,merged,batch-hint'),
  ),
  answer: () => {
    const rows = LOOKUP_STORIES.map(([name, story]) => ({
      name,
      lookups: NAMES.map((strategy) => perPage(story, strategy)),
    }));
    const at = (row: number, name: string): number => rows[row]?.lookups[NAMES.indexOf(name)] ?? -1;
    return {
      facts: [
        {
          text: `Private 4K pages that become read-only: ${at(0, 'per-pte')} lookups per page before, ${at(0, 'merged')} since.`,
          held: at(0, 'per-pte') === 0 && at(0, 'merged') === 1,
        },
        {
          text: `Shared 4K pages: ${at(2, 'per-pte')} before, ${at(2, 'merged')} since, both ways.`,
          held: at(2, 'per-pte') === 0 && at(3, 'per-pte') === 0 && at(3, 'merged') === 1,
        },
        {
          text: `The path for single entries of 7.1 looks up as often: ${at(0, 'single-fast-path')} per page.`,
          held: at(0, 'single-fast-path') === at(0, 'merged'),
        },
      ],
      figures: [
        {
          title: 'Page lookups per 4K entry, x86-64',
          columns: ['state', ...NAMES],
          rows: rows.map(({ name, lookups }) => [name, ...lookups]),
        },
      ],
    };
  },
});
