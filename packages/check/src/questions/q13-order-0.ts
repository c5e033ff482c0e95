import { merged, perPte } from '@ptelab/mprotect';
import { EVENT_NAMES, type ArchName } from '@ptelab/pte';
import { TABLE_PAGES } from './folios.ts';
import { LOOKUP_STORIES } from './lookup-stories.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, ratio } from './story.ts';

const STORIES = LOOKUP_STORIES.slice(0, 4);
const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];

/** Q13 of the review: what single pages lose. */
export const q13: ModelQuestion = modelQuestion({
  id: 'Q13',
  title: 'Is the cost for single pages real, and can the lookup be avoided?',
  asked:
    'Lorenzo Stoakes: single pages are bread and butter; probably noise, measure x86. The author: only a lookup and a test for a large folio. In 2026: who cares in practice (David Hildenbrand), and: not acceptable for the good of one architecture (Pedro Falcato).',
  settled: 'Open. 7.1 adds a path for single entries and keeps the lookup.',
  claim:
    'In events the cost is exactly one page lookup for each single page, where none was needed; nothing else changes, on either architecture. Private pages that become writable again needed the lookup before.',
  beyond:
    'Nanoseconds, cache misses and the share of the lookup in them: measurements, or a cost model.',
  stories: STORIES.map(([, story]) => story),
  repeat: STORIES.map(([, story]) => compareLine(story, '--kernel 7.3 --strategy per-pte,merged')),
  answer: () => {
    const rows = STORIES.flatMap(([state, story]) =>
      ARCHS.map((arch) => {
        const before = eventsOf(story, { arch, kernel: '7.3' }, perPte);
        const after = eventsOf(story, { arch, kernel: '7.3' }, merged);
        const differ = EVENT_NAMES.filter((name) => before[name] !== after[name]);
        const more = ratio(after.pageLookups - before.pageLookups, TABLE_PAGES);
        return { state, arch, differ, more };
      }),
    );
    const up = rows.filter(({ state }) => state.startsWith('4K private, r to'));
    const others = rows.filter((row) => !up.includes(row));
    return {
      facts: [
        {
          text: `Lookups added per page: ${others.map(({ more }) => more).join(', ')}; where private pages become writable ${up.map(({ more }) => more).join(', ')}.`,
          held: others.every(({ more }) => more === 1) && up.every(({ more }) => more === 0),
        },
        {
          text: 'No other counter changes.',
          held: rows.every(({ differ }) => differ.every((name) => name === 'pageLookups')),
        },
      ],
      figures: [
        {
          title: 'What merged counts more than per-pte, single pages, rules of 7.3',
          columns: ['state', 'arch', 'lookups per page', 'counters that differ'],
          rows: rows.map(({ state, arch, differ, more }) => [
            state,
            arch,
            more,
            differ.join(', ') || 'none',
          ]),
        },
      ],
    };
  },
});
