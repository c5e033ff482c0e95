import { perPte, singleFastPath, type Strategy } from '@ptelab/mprotect';
import { createMachine, type MachineSpec, type Scenario } from '@ptelab/scenario';
import { traceScenario } from '../counter-example/trace.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { play, runLengths, runLine, tell } from './story.ts';

const PAGES = 16;

function scan(
  name: string,
  title: string,
  folio: string,
  letters: (i: number) => string,
): Scenario {
  const words = Array.from({ length: PAGES }, (_, i) => {
    const set = letters(i);
    return set === '' ? `A${i}` : `A${i}:${set}`;
  });
  return tell(`q23-${name}`, title, [
    `mmap 0 ${PAGES} rw anon`,
    `entries 0 A=4${folio} ${words.join(' ')}`,
    `node 0 ${PAGES} 1`,
    `numa_scan 0 ${PAGES}`,
  ]);
}

const STORIES: readonly Scenario[] = [
  scan('shared', 'shared, all alike', ',shared,exclusive:0', () => 'dy'),
  scan('mixed-dirty', 'shared, every second dirty', ',shared,exclusive:0', (i) =>
    i % 2 ? 'dy' : 'y',
  ),
  scan('mixed-write', 'shared, every second writable', ',shared', (i) => (i % 2 ? 'wdy' : 'dy')),
  scan('hinted', 'hints already', '', () => 'ny'),
];
const MACHINES: readonly (readonly [spec: MachineSpec, strategy: Strategy])[] = [
  [{ arch: 'x86-64', kernel: '6.16' }, perPte],
  [{ arch: 'x86-64', kernel: '6.18' }, singleFastPath],
  [{ arch: 'x86-64', kernel: '7.3' }, singleFastPath],
];

/** What the scanner steps over at once. */
function skips(story: Scenario, spec: MachineSpec, strategy: Strategy): number[] {
  return traceScenario(story, createMachine(spec, strategy))
    .filter(({ fn }) => fn === 'folio_pte_batch')
    .map(({ text }) => Number(text.replace('returns ', '')));
}

/** Q23 of the review: what the NUMA scanner passes over. */
export const q23: ModelQuestion = modelQuestion({
  id: 'Q23',
  title: 'May the NUMA scanner skip whole batches, with no flags?',
  asked:
    'Ryan Roberts: where entries are only skipped, a write bit that differs is probably fine. David Hildenbrand: entries with a hint could be skipped in batches too.',
  settled:
    'Skips by batch with no flags. Since 6.19 entries that have a hint are told before the lookup.',
  claim:
    'Yes: dirty, soft-dirty and write may differ where nothing is stored. A folio that is left alone costs one lookup instead of sixteen. Entries with a hint are no longer skipped in batches since 6.19, and need no lookup either.',
  beyond: '',
  stories: STORIES,
  repeat: STORIES.map((story) => runLine(story, '--arch x86-64 --kernel 6.16,6.18,7.3')),
  answer: () => {
    const rows = STORIES.flatMap((story) =>
      MACHINES.map(([spec, strategy]) => {
        const events = play(story, spec, strategy).steps.at(-1)?.events;
        const lengths = skips(story, spec, strategy);
        return {
          story,
          kernel: spec.kernel,
          skipped: lengths,
          lookups: events?.pageLookups ?? -1,
          reads: events?.rawReads ?? -1,
          batches: events?.batches ?? -1,
        };
      }),
    );
    const of = (name: string, kernel: string): (typeof rows)[number] | undefined =>
      rows.find((row) => row.story.name === `q23-${name}` && row.kernel === kernel);
    const shared = ['shared', 'mixed-dirty', 'mixed-write'];
    const hinted = [of('hinted', '6.16'), of('hinted', '6.18'), of('hinted', '7.3')];
    return {
      facts: [
        {
          text: `Shared folios are skipped in one step of ${of('shared', '7.3')?.skipped.join()}, whatever bits differ: ${of('shared', '7.3')?.lookups} lookup instead of ${of('shared', '6.16')?.lookups}.`,
          held: shared.every((name) => {
            const row = of(name, '7.3');
            return row?.skipped.join() === `${PAGES}` && row.batches === 0 && row.lookups === 1;
          }),
        },
        {
          text: `Entries with a hint: ${hinted.map((row) => row?.lookups).join(', ')} lookups on 6.16, 6.18 and 7.3, and ${hinted.map((row) => row?.reads).join(', ')} entry reads.`,
          held: hinted[2]?.lookups === 0 && hinted.every((row) => row?.batches === 0),
        },
      ],
      figures: [
        {
          title: 'A scan over 16 pages of a folio on another node, x86-64',
          columns: ['entries', 'kernel', 'skipped at once', 'lookups', 'entry reads', 'changed'],
          rows: rows.map(({ story, kernel, skipped, lookups, reads, batches }) => [
            story.title,
            kernel,
            runLengths(skipped) || 'one by one',
            lookups,
            reads,
            batches,
          ]),
        },
      ],
    };
  },
});
