import { merged, perPte } from '@ptelab/mprotect';
import type { ArchName } from '@ptelab/pte';
import type { Scenario } from '@ptelab/scenario';
import { judgeSmall } from './judge-small.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { callOf, compareLine, play, tell } from './story.ts';

const ARCHS: readonly ArchName[] = ['arm64', 'x86-64'];
const FOLIO = ['thp 64 always', 'mmap 0 16 rw anon', 'w 0 16'];
const STORIES: readonly Scenario[] = [
  tell('q20-whole', 'A 64K folio becomes read-only', [...FOLIO, 'mprotect 0 16 r']),
  tell('q20-upgrade', 'It becomes writable again', [
    ...FOLIO,
    'mprotect 0 16 r',
    'mprotect 0 16 rw',
  ]),
  tell('q20-alternating', 'It becomes writable, every second page exclusive', [
    ...FOLIO,
    'forkexit child',
    'w 0 8 2',
    'mprotect 0 16 r',
    'mprotect 0 16 rw',
  ]),
  tell('q20-hole', 'A folio with a hole becomes read-only', [
    ...FOLIO,
    'madvise 4 8 DONTNEED',
    'mprotect 0 16 r',
  ]),
];

/** Q20 of the review: flushes of parts of a batch. */
export const q20: ModelQuestion = modelQuestion({
  id: 'Q20',
  title: 'What is flushed, one range per part of a batch, decided by its first entry?',
  asked:
    'Asked in review whether one decision for a part of a batch can flush too much or too little.',
  settled: 'Accepted: tlb_flush_pte_range() once for each commit.',
  claim:
    'Never too little: accessed and dirty merge before the decision, write agrees over the batch, so the first entry speaks for all. The gather joins the ranges, so the flush itself is the same as before; what falls is the number of times it is recorded, except where exclusive pages alternate.',
  beyond: '',
  stories: STORIES,
  repeat: STORIES.map((story) => compareLine(story, '--kernel 7.3 --strategy per-pte,merged')),
  answer: () => {
    const rows = STORIES.flatMap((story) =>
      ARCHS.map((arch) => {
        const [before, after] = [perPte, merged].map((strategy) => {
          const { events, mprotect } = callOf(play(story, { arch, kernel: '7.3' }, strategy));
          const flushes = mprotect?.flushes ?? [];
          const pages = flushes.reduce((sum, flush) => sum + flush.pages, 0);
          return { records: events.flushRecords, ranges: flushes.length, pages };
        });
        return { story, arch, before, after };
      }),
    );
    const { states, rule, remarks } = judgeSmall(merged);
    const wider = remarks.filter(([name]) => name === 'flush-needed');
    const block = rows.find(({ arch }) => arch === 'arm64');
    return {
      facts: [
        { text: `The search of ${states} small states misses no flush.`, held: rule === '' },
        {
          text: `On x86-64 it finds ${wider.length === 0 ? 'none' : 'one'} that reaches beyond the first and the last entry that need it.`,
          held: wider.length === 0,
        },
        {
          text: `No call flushes more pages than before. A whole block of arm64 flushes ${block?.after?.pages} instead of ${block?.before?.pages}: unfolding and folding it flushed too.`,
          held: rows.every(({ before, after }) => (after?.pages ?? 0) <= (before?.pages ?? -1)),
        },
      ],
      figures: [
        {
          title: 'Flushes, per-pte / merged, rules of 7.3',
          columns: ['story', 'arch', 'recorded', 'ranges', 'pages'],
          rows: rows.map(({ story, arch, before, after }) => [
            story.title,
            arch,
            `${before?.records} / ${after?.records}`,
            `${before?.ranges} / ${after?.ranges}`,
            `${before?.pages} / ${after?.pages}`,
          ]),
        },
      ],
    };
  },
});
