import type { EventCounters, KernelFeatures } from '@ptelab/pte';
import type { MachineSpec, Scenario } from '@ptelab/scenario';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, eventsOf, tell } from './story.ts';

const FOLIOS = ['thp 64 always', 'mmap 0 64 rw anon', 'w 0 64'];
const ALIGNED = tell('q21-aligned', 'Four whole blocks', [...FOLIOS, 'mprotect 0 64 r']);
const STORIES: readonly Scenario[] = [
  ALIGNED,
  tell('q21-ragged', 'From the middle of the first block to the middle of the last', [
    ...FOLIOS,
    'mprotect 5 54 r',
  ]),
  tell('q21-half', 'Half a block', [...FOLIOS, 'mprotect 8 8 r']),
  tell('q21-page', 'One page', [...FOLIOS, 'mprotect 5 1 r']),
  tell('q21-old', 'Four whole blocks, not accessed of late', [
    ...FOLIOS,
    'clear_refs 1',
    'mprotect 0 64 r',
  ]),
];

function machine(
  kernel: MachineSpec['kernel'],
  bbml2: boolean,
  features: Partial<KernelFeatures>,
): MachineSpec {
  return { arch: 'arm64', kernel, arm64: { bbml2, features } };
}

const MACHINES: readonly (readonly [name: string, spec: MachineSpec])[] = [
  ['6.16', machine('6.16', false, {})],
  ['6.16, getter that stops early', machine('6.16', false, { contpteGetEarlyExit: true })],
  ['6.17', machine('6.17', false, {})],
  ['6.17, getter that never stops', machine('6.17', false, { contpteGetEarlyExit: false })],
  ['6.17 with BBML2', machine('6.17', true, {})],
];
const COUNTED: readonly (keyof EventCounters)[] = [
  'rawReads',
  'rawWrites',
  'xchg',
  'unfolds',
  'folds',
  'tlbiOps',
  'dsb',
];

/** Q21 of the review: where the gain on arm64 comes from. */
export const q21: ModelQuestion = modelQuestion({
  id: 'Q21',
  title: 'What does a batch save on arm64?',
  asked:
    'The series says: ptep_get() of a contiguous entry reads sixteen; each entry started by itself unfolds its block, which flushes; get_and_clear_full avoids both, but for ragged ends.',
  settled: 'arm64 has modify_prot_start_ptes() of its own (7efa1cd5f89b).',
  claim:
    'Whole blocks are neither unfolded nor folded again, and their flushes go with that. At ragged ends the unfolding remains, batched or not. A getter that stops at the first accessed and dirty entry saves reads only where entries are accessed and dirty; BBML2 takes away the flush of the unfolding, not the unfolding.',
  beyond: '',
  stories: STORIES,
  repeat: STORIES.map((story) => compareLine(story, '--arch arm64 --kernel 6.16,6.17')),
  answer: () => {
    const rows = STORIES.flatMap((story) =>
      MACHINES.map(([name, spec]) => ({ story, name, events: eventsOf(story, spec) })),
    );
    const of = (story: string, name: string): EventCounters | undefined =>
      rows.find((row) => row.story.name === story && row.name === name)?.events;
    const [old, now] = [of('q21-aligned', '6.16'), of('q21-aligned', '6.17')];
    const ragged = [of('q21-ragged', '6.16'), of('q21-ragged', '6.17')];
    const bbml2 = of('q21-ragged', '6.17 with BBML2');
    return {
      facts: [
        {
          text: `Four whole blocks: ${old?.unfolds} unfolds, ${old?.folds} folds, ${old?.tlbiOps} TLBI before; ${now?.unfolds}, ${now?.folds}, ${now?.tlbiOps} since.`,
          held: old?.unfolds === 4 && now?.unfolds === 0 && now.folds === 0,
        },
        {
          text: `Ragged: ${ragged.map((events) => events?.unfolds).join(' unfolds before, ')} since.`,
          held: ragged[0]?.unfolds === 4 && ragged[1]?.unfolds === 2,
        },
        {
          text: `Ragged with BBML2: ${bbml2?.unfolds} unfolds, and ${bbml2?.tlbiOps} TLBI instead of ${ragged[1]?.tlbiOps}.`,
          held: bbml2 !== undefined && bbml2.tlbiOps < (ragged[1]?.tlbiOps ?? 0),
        },
      ],
      figures: [
        {
          title: 'Four 64K folios, arm64',
          columns: ['range', 'machine', ...COUNTED],
          rows: rows.map(({ story, name, events }) => [
            story.title,
            name,
            ...COUNTED.map((key) => events[key]),
          ]),
        },
      ],
    };
  },
});
