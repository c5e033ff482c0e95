import { merged } from '@ptelab/mprotect';
import { createMachine, type MachineSpec, type Scenario } from '@ptelab/scenario';
import { judgeSmall } from './judge-small.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, dumpOf, faultsOf, isWritable, play, tell } from './story.ts';

/** One page of a folio of a file is written; then read-only and back. */
function written(pages: number): Scenario {
  const name = `q06-ext4-${4 * pages}k`;
  return tell(name, 'One page of a file folio is written, then read-only and back', [
    `file f /mnt/f ${pages}`,
    `fwrite f 0 ${pages} ${pages}`,
    'fsync f',
    `mmap 0 ${pages} rw shared f`,
    `r 0 ${pages}`,
    'w 0 1',
    `mprotect 0 ${pages} r`,
    `mprotect 0 ${pages} rw`,
    `dump after 0 ${pages}`,
    `wf next-write 0 ${pages}`,
  ]);
}

const PAGES = 8;
const STORY = written(PAGES);
const BLOCK = written(16);
const MACHINES: readonly (readonly [name: string, spec: Omit<MachineSpec, 'kernel'>])[] = [
  ['arm64', { arch: 'arm64' }],
  ['x86-64', { arch: 'x86-64' }],
  ['x86-64 without soft-dirty', { arch: 'x86-64', x86: { softDirty: false } }],
];
const KERNELS = ['6.16', '6.17'] as const;

/** Q6 of the review: accessed and dirty of a batch. */
export const q06: ModelQuestion = modelQuestion({
  id: 'Q6',
  title: 'Is it safe to merge accessed and dirty over a batch?',
  asked:
    'The log of version 5: more accessed bits only delay reclaim, more dirty bits only cause writeback, and one dirty entry of shared memory lets all become writable, which is even better. Ryan Roberts found the flush rules of other architectures right, but fragile.',
  settled: 'Accepted on the argument; young and dirty merge over every batch.',
  claim:
    'No bit is lost and no flush is missed. What changes: where a file system wants to be told of the first write to a page, clean pages with a dirty neighbour become writable without a fault. They are dirty in the page table, so the data is safe; the notice for each page is not given.',
  beyond: 'Flush rules of architectures other than arm64 and x86-64.',
  stories: [STORY, BLOCK],
  repeat: [
    compareLine(STORY, '--arch arm64 --kernel 6.16,6.17'),
    compareLine(BLOCK, '--arch arm64 --kernel 6.16,6.17'),
    'ptelab check --scope tiny --strategy merged',
  ],
  answer: () => {
    const { states, rule } = judgeSmall(merged);
    const rows = [STORY, BLOCK].flatMap((story) =>
      MACHINES.flatMap(([name, spec]) =>
        KERNELS.map((kernel) => {
          const run = play(story, { ...spec, kernel });
          const { arch } = createMachine({ ...spec, kernel });
          const pages = dumpOf(run);
          const writable = pages.filter((page) => isWritable(arch, page)).length;
          const faults = faultsOf(run).reduce((sum, nr) => sum + nr, 0);
          return { name, kernel, pages: pages.length, writable, faults };
        }),
      ),
    );
    const writable = (name: string, kernel: string, pages: number): number =>
      rows.find((row) => row.name === name && row.kernel === kernel && row.pages === pages)
        ?.writable ?? -1;
    const without = 'x86-64 without soft-dirty';
    return {
      facts: [
        {
          text: `The search of ${states} small states breaks no rule, those of flushes and of lost bits among them.`,
          held: rule === '',
        },
        {
          text: `Of ${PAGES} pages of which one was written, ${writable('arm64', '6.16', PAGES)} becomes writable on arm64 up to 6.16 and ${writable('arm64', '6.17', PAGES)} from 6.17 on; on x86-64 without soft-dirty bits ${writable(without, '6.16', PAGES)} and ${writable(without, '6.17', PAGES)}.`,
          held:
            writable('arm64', '6.16', PAGES) === 1 &&
            writable('arm64', '6.17', PAGES) === PAGES &&
            writable(without, '6.16', PAGES) === 1 &&
            writable(without, '6.17', PAGES) === PAGES,
        },
        {
          text: `With soft-dirty bits, which the write sets too and which end a batch, ${writable('x86-64', '6.17', PAGES)} does on x86-64.`,
          held: writable('x86-64', '6.17', PAGES) === 1,
        },
        {
          text: `A contiguous block of arm64 was always dirty as a whole: ${writable('arm64', '6.16', 16)} of 16 pages on 6.16.`,
          held: writable('arm64', '6.16', 16) === 16,
        },
      ],
      figures: [
        {
          title: 'A shared mapping of an ext4 file, one page written, then read-only and back',
          columns: ['machine', 'kernel', 'pages', 'writable', 'faults of the next writes'],
          rows: rows.map(({ name, kernel, pages, writable: nr, faults }) => {
            return [name, kernel, pages, nr, faults];
          }),
        },
      ],
    };
  },
});
