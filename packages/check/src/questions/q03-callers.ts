import { createMachine, type MachineSpec, type Run, type Scenario } from '@ptelab/scenario';
import { modelQuestion, type ModelQuestion } from './question.ts';
import { compareLine, dumpOf, lettersOf, play, tell } from './story.ts';

// mremap batches contiguous blocks only, so that all callers are shown on arm64.
const MACHINE: MachineSpec = { arch: 'arm64', kernel: '6.17-rc1' };
const BLOCK = 16;

/** Callers of folio_pte_batch() in the model, and where the entries are afterwards. */
const CALLERS: readonly {
  readonly name: string;
  readonly lines: readonly string[];
  readonly dump: string;
}[] = [
  { name: 'mprotect to r', lines: ['mprotect 0 32 r'], dump: 'dump after 0 32' },
  { name: 'mprotect to rwx', lines: ['mprotect 0 32 rwx'], dump: 'dump after 0 32' },
  { name: 'mremap', lines: ['mremap 0 32 64'], dump: 'dump after 64 32' },
  { name: 'fork, the child', lines: ['fork child'], dump: 'dump after 0 32 child' },
  { name: 'fork, the parent', lines: ['fork child'], dump: 'dump after 0 32' },
  { name: 'madvise COLD', lines: ['madvise 0 32 COLD'], dump: 'dump after 0 32' },
  { name: 'madvise FREE', lines: ['madvise 0 32 FREE'], dump: 'dump after 0 32' },
  { name: 'mlock', lines: ['mlock 0 32'], dump: 'dump after 0 32' },
  { name: 'munmap (zap)', lines: ['munmap 0 32'], dump: 'dump after 0 32' },
];
/** What the first block has and the second lacks, or the other way round. */
const BITS: readonly (readonly [letter: string, name: string])[] = [
  ['w', 'write'],
  ['d', 'dirty'],
  ['y', 'accessed'],
];

function words(folio: string, first: number, letters: string): string {
  return Array.from({ length: BLOCK }, (_, i) => `${folio}${first + i}:${letters}`).join(' ');
}

/** Two contiguous blocks that differ in one bit, of one folio or of two. */
function storyOf(caller: string, bit: string, firstHas: boolean, oneFolio: boolean): Scenario {
  const { lines, dump } = CALLERS.find(({ name }) => name === caller) ?? { lines: [], dump: '' };
  const all = ['w', 'd', 'y'].join('');
  const without = all.replace(bit, '');
  const [one, two] = firstHas ? [all, without] : [without, all];
  const folios = oneFolio ? 'A=5' : 'A=4 B=4';
  const second = oneFolio ? words('A', BLOCK, `${two}c`) : words('B', 0, `${two}c`);
  return tell('q03-two-blocks', 'Two contiguous blocks of one folio, one writable', [
    'mmap 0 32 rw anon',
    `entries 0 ${folios} ${words('A', 0, `${one}c`)} ${second}`,
    'dump before 0 32',
    ...lines,
    dump,
  ]);
}

function lettersAfter(run: Run, fromEnd = 0): string[] {
  const { arch } = createMachine(MACHINE);
  return dumpOf(run, fromEnd).map((page) => lettersOf(arch, page));
}

/** What becomes of the bit in the block that lacks it and in the block that has it. */
function verdict(caller: string, bit: string): string {
  const found = new Set<string>();
  for (const firstHas of [true, false]) {
    const one = lettersAfter(play(storyOf(caller, bit, firstHas, true), MACHINE));
    const two = lettersAfter(play(storyOf(caller, bit, firstHas, false), MACHINE));
    const count = (letters: string[]): number => letters.filter((l) => l.includes(bit)).length;
    const more = count(one) - count(two);
    if (more !== 0) found.add(more > 0 ? 'spreads' : 'is lost');
  }
  return [...found].join(', ') || 'kept apart';
}

/** What a caller does to the entries. */
function kindOf(caller: string): string {
  // Blocks that are both writable: locking pages makes others so by faults of its own.
  const run = play(storyOf(caller, 'd', true, true), MACHINE);
  const after = lettersAfter(run);
  if (after.every((letters) => letters === '-')) return 'clears';
  const same = after.join() === lettersAfter(run, 1).join();
  return same && caller !== 'mremap' ? 'scans' : 'sets';
}

const SHOWN = storyOf('mremap', 'w', true, true);

/** Q3 of the review, and of the discussion about mremap: what is safe by default. */
export const q03: ModelQuestion = modelQuestion({
  id: 'Q3',
  title: 'Should folio_pte_batch() be greedy or safe by default?',
  asked:
    'Pedro Falcato, after the mremap bug: a default that ignores bits is a trap. He went through the callers: most only clear or step over entries. David Hildenbrand: the plain variant serves the common case, only who sets entries back must take care.',
  settled: 'Left as it is; mremap passes FPB_RESPECT_WRITE since 6.18.',
  claim:
    'Only callers that store entries again can spread a bit. Of those here, mremap of 6.17-rc1 spreads write permission, the one bit that must not spread; dirty and accessed may.',
  beyond:
    'Callers that the model lacks or carries out page by page (reclaim, rmap, mempolicy, khugepaged).',
  stories: [SHOWN],
  repeat: [compareLine(SHOWN, '--arch arm64 --kernel 6.17-rc1,6.18')],
  answer: () => {
    const rows = CALLERS.map(({ name }) => ({
      name,
      kind: kindOf(name),
      bits: BITS.map(([letter]) => verdict(name, letter)),
    }));
    const spreading = rows.filter(({ bits }) => bits[0] !== 'kept apart').map(({ name }) => name);
    const others = rows.filter(({ kind, bits }) => {
      return kind !== 'sets' && bits.some((text) => text !== 'kept apart');
    });
    return {
      facts: [
        {
          text: `Write permission spreads in: ${spreading.join(', ') || 'none'}.`,
          held: spreading.join() === 'mremap',
        },
        {
          text: `Callers that do not store entries and still change a neighbour's bit: ${others.length}.`,
          held: others.length === 0,
        },
      ],
      figures: [
        {
          title:
            'A bit in one of two contiguous blocks of a folio, against the same in two folios (arm64, 6.17-rc1)',
          columns: ['caller', 'entries', ...BITS.map(([, name]) => name)],
          rows: rows.map(({ name, kind, bits }) => [name, kind, ...bits]),
        },
      ],
    };
  },
});
