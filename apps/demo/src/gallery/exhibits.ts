import type { MachineSpec } from '@ptelab/scenario';
import type { Exhibit } from './exhibit.ts';
import forkAndOneWrite from './fork-and-one-write.yaml?raw';
import { scenarioText, withoutSchemaLine } from './scenario-text.ts';

const ARM64: readonly MachineSpec[] = [
  { arch: 'arm64', kernel: '6.16' },
  { arch: 'arm64', kernel: '6.17' },
];
const X86: readonly MachineSpec[] = [
  { arch: 'x86-64', kernel: '6.16' },
  { arch: 'x86-64', kernel: '6.17' },
];

/** The first one is what the page opens with. */
export const EXHIBITS: readonly [Exhibit, ...Exhibit[]] = [
  {
    id: 'fork',
    title: 'Fork: a batch that is committed in three parts',
    sentences: [
      'After a fork no page is exclusive to the parent, even when the child is gone, and one write makes page 3 exclusive again.',
      'Made writable, the folio around page 3 is one batch from 6.17 on, but is committed in three runs of pages that agree: 3, 1 and 12.',
      'Only page 3 gets its write bit at once; the others wait for a fault.',
    ],
    question: 10,
    asks: 'Where does the loop over runs of exclusive pages belong?',
    text: withoutSchemaLine(forkAndOneWrite),
    machines: ARM64,
    step: 7,
    focus: 3,
  },
  {
    id: 't2',
    title: 'Cover letter T2: folios of 64 KiB',
    sentences: [
      'Each folio of 64 KiB is one contiguous block of 16 entries, and 16 MiB of them become read-only.',
      'Up to 6.16 the walk unfolds each block, changes 16 entries one by one and folds it again: 20,480 reads of entries.',
      'From 6.17 on a folio is one batch, no block is unfolded, and 768 reads are enough.',
    ],
    question: 21,
    asks: 'What does a batch save on arm64?',
    text: scenarioText('cover-letter/t2-64k'),
    machines: ARM64,
    step: 3,
    focus: 0,
  },
  {
    id: 't1',
    title: 'Cover letter T1: folios of 2 MiB, mapped by entries',
    sentences: [
      'Eight huge folios are mapped by 512 entries each, after their huge mappings were split.',
      'Up to 6.16 there are 4,096 batches of one entry; from 6.17 on there are 8, one for each folio.',
      'What is left to do for each entry is its swap and its store.',
    ],
    question: 18,
    asks: 'Does batching win for large folios of every size?',
    text: scenarioText('cover-letter/t1-pte-mapped-2m'),
    machines: ARM64,
    step: 19,
    focus: 0,
  },
  {
    id: 't3',
    title: 'Cover letter T3: single pages',
    sentences: [
      'A page that is no large folio is a batch of its own, before batching and with it: 4,096 of them.',
      'To know that, 6.17 looks up the struct page of each, 4,096 lookups that 6.16 does not make for a change to read-only.',
      'They are the price of batching for memory that gains nothing from it.',
    ],
    question: 13,
    asks: 'Is the cost for single pages real, and can the lookup be avoided?',
    text: scenarioText('cover-letter/t3-4k'),
    machines: X86,
    step: 2,
    focus: 0,
  },
  {
    id: 'sub-batches',
    title: 'The sub-batch case of the review: every second page is exclusive',
    sentences: [
      'A folio of 512 pages becomes writable, and every second page of it is exclusive.',
      'It is one batch, but it must be committed in 512 runs of one page.',
      'A design that detects the batch anew after each run reads entries by the square of its length; 6.17 keeps the batch and walks over its runs.',
    ],
    question: 10,
    asks: 'Where does the loop over runs of exclusive pages belong?',
    text: scenarioText('questions/q10-alternating'),
    machines: ARM64,
    step: 8,
    focus: 1,
  },
  {
    id: 'head-page',
    title: 'The bug of 6.17-rc1: flags of the wrong pages',
    sentences: [
      'A call starts at the second page of a folio, whose first page alone is exclusive.',
      '6.17-rc1 reads the exclusive flags from the head of the folio on, and so gives page 1 the write bit, though others may share that page.',
      '6.17 reads the flags of the pages that are mapped there, and makes none of them writable.',
    ],
    question: 4,
    asks: 'Does a batch start at the head of its folio?',
    text: scenarioText('questions/q04-second-vma'),
    machines: [
      { arch: 'x86-64', kernel: '6.17-rc1' },
      { arch: 'x86-64', kernel: '6.17' },
    ],
    step: 6,
    focus: 1,
  },
  {
    id: 'soft-dirty',
    title: 'A batch makes pages soft-dirty that nobody wrote',
    sentences: [
      'Under soft-dirty tracking 25 of 64 pages are written, and protection goes to read-only and back.',
      'One entry at a time, the other 39 pages stay clean and read-only, so that their next write faults and is recorded.',
      'From 6.17 on x86-64 a dirty page marks its whole batch: all pages become writable, are reported as written, and no fault is left.',
    ],
    question: 7,
    asks: 'Must a batch respect soft-dirty always, or only where it is tracked?',
    text: scenarioText('findings/soft-dirty-spread'),
    machines: X86,
    step: 8,
    focus: 0,
  },
  {
    id: 'erosion',
    title: 'Half a block, there and back, stays unfolded',
    sentences: [
      'The upper half of a contiguous block becomes read-only and writable again.',
      'Up to 6.16 the last commit finds the block uniform and folds it; from 6.17 on a fold is tried only where a batch ends a block with a single page.',
      'The block then takes sixteen TLB entries until something else folds it.',
    ],
    question: 22,
    asks: 'What happens to a contiguous block of which a part is changed?',
    text: scenarioText('findings/contpte-erosion'),
    machines: ARM64,
    step: 4,
    focus: 8,
  },
  {
    id: 'mixed',
    title: 'Folios of mixed sizes',
    sentences: [
      'A fault takes the largest folio that is enabled and fits, here 16, 32, 64 and 64 KiB side by side.',
      'A batch never leaves its folio: there are four, of 4, 8, 16 and 16 pages.',
      'On arm64 only the folios of 64 KiB are contiguous blocks, and on x86-64 none is.',
    ],
    question: 18,
    asks: 'Does batching win for large folios of every size?',
    text: scenarioText('basics/mixed-folios'),
    machines: [
      { arch: 'x86-64', kernel: '6.17' },
      { arch: 'arm64', kernel: '6.17' },
    ],
    step: 5,
    focus: 4,
  },
];
