import { findStrategy } from '@ptelab/mprotect';
import { runScenario, createMachine, type Scenario } from '@ptelab/scenario';
import type { ArchName } from '@ptelab/pte';
import { judgeSmall } from './judge-small.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { batchText, callOf, runLine, tell } from './story.ts';

const STORY: Scenario = {
  ...tell('q02-mixed-write', 'Entries of one folio that differ in the write bit', [
    'thp 16 always',
    'mmap 0 4 rw anon',
    'w 0 4',
    'forkexit child',
    'w 1 1',
    'w 3 1',
    'mprotect 0 4 r',
    'w 1 1',
  ]),
  tlb: 'block',
};
const NAMES = ['per-pte', 'series-v3', 'series-v4', 'merged'];
const ARCHS: readonly ArchName[] = ['x86-64', 'arm64'];

/** Q2 of the review: batches that ignore the write bit. */
export const q02: ModelQuestion = modelQuestion({
  id: 'Q2',
  title: 'May a batch ignore the write bit?',
  asked:
    'folio_pte_batch() then ignored write permission always. Ryan Roberts, of version 4: if the first entry is writable and the rest is not, all of them become writable. The author first denied it and then found the call that hides the bit.',
  settled: 'FPB_RESPECT_WRITE was added, and mprotect passes it. mremap forgot it until 6.18.',
  claim:
    'No. The first entry speaks for all: if it was read-only, nothing seems to change and nothing is flushed, although later entries lose their permission. The CPU goes on writing through them after mprotect has returned.',
  beyond: '',
  stories: [STORY],
  repeat: [
    runLine(STORY, '--kernel 7.3 --strategy series-v3,merged'),
    'ptelab check --scope tiny --strategy series-v3',
  ],
  answer: () => {
    const rows = NAMES.flatMap((name) => {
      const strategy = findStrategy(name);
      if (strategy === undefined) return [];
      const posted = name.startsWith('series');
      const rule = posted ? judgeSmall(strategy).rule : 'holds (see Q19)';
      return ARCHS.map((arch) => {
        const run = runScenario(STORY, createMachine({ arch, kernel: '7.3' }, strategy));
        const call = callOf(run);
        const write = run.steps.at(-1);
        const stale = (call.violations ?? []).map(({ kind, at }) => `${kind} at page ${at}`);
        const through = write?.signals === 0 ? 'goes through' : 'SIGSEGV';
        return { name, arch, batches: batchText(call), stale, through, rule };
      });
    });
    const v3 = rows.filter(({ name }) => name === 'series-v3' || name === 'series-v4');
    const safe = rows.filter(({ name }) => name === 'per-pte' || name === 'merged');
    return {
      facts: [
        {
          text: `Where the bit is ignored, ${v3.filter(({ stale }) => stale.length > 0).length} of ${v3.length} runs leave a stale writable translation, and the search refutes both versions (${v3[0]?.rule}).`,
          held: v3.every(({ stale, rule }) => stale.length > 0 && rule !== ''),
        },
        {
          text: `Where it is respected, ${safe.filter(({ stale }) => stale.length > 0).length} of ${safe.length} do.`,
          held: safe.every(({ stale }) => stale.length === 0),
        },
      ],
      figures: [
        {
          title: 'mprotect(PROT_READ), then a write to page 1, Linux 7.3 with a TLB',
          columns: ['strategy', 'arch', 'batches', 'stale after the call', 'the write', 'search'],
          rows: rows.map(({ name, arch, batches, stale, through, rule }) => {
            return [name, arch, batches, stale.join(', ') || 'nothing', through, rule];
          }),
        },
      ],
    };
  },
});
