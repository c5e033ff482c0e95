import { findStrategy } from '@ptelab/mprotect';
import type { EventCounters } from '@ptelab/pte';
import { TABLE_PAGES } from './folios.ts';
import { LOOKUP_STORIES } from './lookup-stories.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, ratio } from './story.ts';

const NAMES = ['per-pte', 'merged', 'single-fast-path'];
const COUNTED: readonly (keyof EventCounters)[] = [
  'rawReads',
  'rawWrites',
  'xchg',
  'pageLookups',
  'paeTests',
  'upgradeTests',
  'batches',
  'commits',
  'flushRecords',
];
const STORIES = LOOKUP_STORIES.slice(0, 2);

/** Q11 of the review: the sentence of the commit log. */
export const q11: ModelQuestion = modelQuestion({
  id: 'Q11',
  title: '“No extra overhead, as many iterations as before”: also for single pages?',
  asked: 'The commit log says so; nobody asked for figures of single pages before it was merged.',
  settled:
    'Measured later by Luke Yang and Chengfeng Lin, and false: single pages became about twice as slow on some machines. 7.1 gives them a path of their own.',
  claim:
    'The iterations are as many, and so is every access to an entry. What is new per single page is the struct page lookup. The model counts no calls and no branches of C code, which make the other half of what was measured.',
  beyond: 'Calls, branches and registers of the compiled loop.',
  stories: STORIES.map(([, story]) => story),
  repeat: STORIES.map(([, story]) =>
    compareLine(story, '--arch x86-64 --kernel 7.3 --strategy per-pte,merged,single-fast-path'),
  ),
  answer: () => {
    const rows = STORIES.flatMap(([state, story]) =>
      NAMES.map((name) => {
        const events = eventsOf(story, { arch: 'x86-64', kernel: '7.3' }, findStrategy(name));
        return { state, name, counts: COUNTED.map((key) => ratio(events[key], TABLE_PAGES)) };
      }),
    );
    const [before, after, fast] = rows;
    const differ = COUNTED.filter((_, i) => before?.counts[i] !== after?.counts[i]);
    return {
      facts: [
        {
          text: `Read-only, per single page, merged differs from per-pte in: ${differ.join(', ') || 'nothing'}.`,
          held: differ.join() === 'pageLookups',
        },
        {
          text: `The path of 7.1 counts the same as merged: ${fast?.counts.join() === after?.counts.join() ? 'yes' : 'no'}.`,
          held: fast?.counts.join() === after?.counts.join(),
        },
      ],
      figures: [
        {
          title: 'Events per single page, x86-64',
          columns: ['state', 'strategy', ...COUNTED],
          rows: rows.map(({ state, name, counts }) => [state, name, ...counts]),
        },
      ],
    };
  },
});
