import { createMachine, type MachineSpec, type Scenario } from '@ptelab/scenario';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, dumpOf, isWritable, play, tell } from './story.ts';

const PAGES = 4;
/** A way to a batch that starts at page 1 of its folio. */
interface Case {
  readonly name: string;
  readonly story: Scenario;
}

/** A folio of four pages of which only the first, which is cut off, is exclusive. */
function partial(name: string, title: string, cut: readonly string[], at: number): Scenario {
  return tell(name, title, [
    'thp 16 always',
    `mmap 0 ${PAGES} rw anon`,
    `w 0 ${PAGES}`,
    'forkexit child',
    'w 0 1',
    ...cut,
    `mprotect ${at} 3 r`,
    `mprotect ${at} 3 rw`,
    `dump after ${at} 3`,
    `wf next-write ${at} 3`,
  ]);
}

const CASES: readonly Case[] = [
  {
    name: 'munmap of the first page',
    story: partial('q04-munmap', 'A folio whose first page is unmapped', ['munmap 0 1'], 1),
  },
  {
    name: 'mremap of the others',
    story: partial(
      'q04-mremap',
      'A folio that is moved but for its first page',
      ['mremap 1 3 64'],
      64,
    ),
  },
  {
    name: 'another VMA from page 1 on',
    story: partial('q04-second-vma', 'A call that starts in the middle of a folio', [], 1),
  },
];
const KERNELS: readonly MachineSpec['kernel'][] = ['6.16', '6.17-rc1', '6.17'];

/**
 * Pages of the folio whose flags decide about the entries of pages 1 to 3: each page in turn is the
 * only exclusive one, and what becomes writable is looked at.
 */
function flagsRead(spec: MachineSpec): number[] {
  const { arch } = createMachine(spec);
  const read = new Set<number>();
  for (let exclusive = 0; exclusive < PAGES; exclusive++) {
    const flags = Array.from({ length: PAGES }, (_, page) => (page === exclusive ? '1' : '0'));
    const story = tell('q04-flag', '', [
      'mmap 0 3 r anon',
      `entries 0 A=2,exclusive:${flags.join('')} A1:y A2:y A3:y`,
      'mprotect 0 3 rw',
      'dump after 0 3',
    ]);
    if (dumpOf(play(story, spec)).some((page) => isWritable(arch, page))) read.add(exclusive);
  }
  return [...read];
}

/** Pages that became writable though not exclusive, and whose flags the kernel looked at. */
function judge(
  { name, story }: Case,
  kernel: MachineSpec['kernel'],
): {
  readonly row: (string | number)[];
  readonly wrong: number;
} {
  const spec: MachineSpec = { arch: 'x86-64', kernel };
  const { arch } = createMachine(spec);
  const pages = dumpOf(play(story, spec));
  const wrong = pages.filter(
    (page) => isWritable(arch, page) && page.anonExclusive === false,
  ).length;
  const mapped = pages.map((_, i) => 1 + i).join(' ');
  return { row: [name, kernel, mapped, flagsRead(spec).join(' '), wrong], wrong };
}

/** Q4 of the review: whose flags a batch reads. */
export const q04: ModelQuestion = modelQuestion({
  id: 'Q4',
  title: 'Does a batch start at the head of its folio?',
  asked:
    'The code took the folio’s first page for that of the first entry. David Hildenbrand, after a syzbot report: who says that the first entry maps the head? The reviewers had read it with care and missed it.',
  settled:
    'The page is passed down (6.17-rc2, cf1b80dc31a1), and therefore looked up for every batch.',
  claim:
    'No: munmap, mremap and VMAs that start in the middle of a folio make batches that do not. The flags were then read of pages before those mapped, and a page that is not exclusive became writable.',
  beyond: '',
  stories: CASES.map(({ story }) => story),
  repeat: [
    ...CASES.map(({ story }) => compareLine(story, '--arch x86-64 --kernel 6.17-rc1,6.17')),
    'ptelab check --scope tiny --strategy merged-rc1',
  ],
  answer: () => {
    const cases = CASES.flatMap((one) =>
      KERNELS.map((kernel) => ({ kernel, ...judge(one, kernel) })),
    );
    const rc1 = cases.filter(({ kernel }) => kernel === '6.17-rc1');
    const others = cases.filter(({ kernel }) => kernel !== '6.17-rc1');
    return {
      facts: [
        {
          text: `6.17-rc1 gives write permission to a page that is not exclusive in ${rc1.filter(({ wrong }) => wrong > 0).length} of ${rc1.length} cases.`,
          held: rc1.every(({ wrong }) => wrong > 0),
        },
        {
          text: `6.16 and 6.17 do in ${others.filter(({ wrong }) => wrong > 0).length} of ${others.length}.`,
          held: others.every(({ wrong }) => wrong === 0),
        },
      ],
      figures: [
        {
          title:
            'Page 0 of the folio is exclusive and not in the range; pages 1 to 3 are not exclusive',
          columns: ['how', 'kernel', 'pages mapped', 'flags read of', 'wrongly writable'],
          rows: cases.map(({ row }) => row),
        },
      ],
    };
  },
});
