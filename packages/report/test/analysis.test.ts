import { makeEvents } from '@ptelab/pte';
import type { Cost } from '@ptelab/cost';
import type { Analysis, BatchFigures, RoundCounts, ThpMap, VmaAnalysis } from '@ptelab/kernel';
import { expect, it } from 'vitest';
import { renderAnalysis, renderThpmaps, type PricedAnalysis } from '../src/index.ts';

const ends = { single: 12, folio: 4, table: 1, vma: 1, hole: 2, sharing: 3, 'entry-bits': 1 };
const batches: BatchFigures = {
  pages: 100,
  batches: 24,
  batched: 88,
  squares: 900,
  contpte: 48,
  pmdMapped: 512,
  ends,
};
const none: BatchFigures = {
  pages: 0,
  batches: 0,
  batched: 0,
  squares: 0,
  contpte: 0,
  pmdMapped: 0,
  ends: { single: 0, folio: 0, table: 0, vma: 0, hole: 0, sharing: 0, 'entry-bits': 0 },
};
const thpmaps: ThpMap = {
  totals: { anon: 2448, file: 0 },
  figures: {
    'anon-thp-pmd-aligned-2048kB': { kind: 'anon', kb: 2048, percent: 84 },
    'anon-thp-pte-aligned-64kB': { kind: 'anon', kb: 192, percent: 8 },
    'file-thp-pte-partial': { kind: 'file', kb: 0, percent: null },
  },
};
const round: RoundCounts = {
  machine: { arch: 'x86-64', kernel: '6.17', strategy: 'merged' },
  calls: 1,
  protect: { ...makeEvents(), batches: 24, commits: 24 },
  restore: { ...makeEvents(), batches: 24, commits: 30 },
};
const found: VmaAnalysis = {
  vma: {
    pid: 7,
    comm: 'java',
    start: 0x7f1234567,
    end: 0x7f1234967,
    perms: 'rw-p',
    offset: 0,
    inode: 0,
    path: '',
    sums: null,
  },
  swapped: 0,
  hidden: 0,
  thpmaps,
  batches,
  rounds: [round],
};
const empty: VmaAnalysis = {
  ...found,
  vma: { ...found.vma, perms: '---p', path: '/lib/long/name.so' },
  thpmaps: null,
  batches: none,
  rounds: [],
};
const analysis: Analysis = {
  host: {
    host: 'h',
    kernel: '6.18.1',
    arch: 'x86-64',
    pageSize: 4096,
    hpagePmdSize: 2_097_152,
    thp: { enabled: 'always', shmem: 'never', sizes: {} },
  },
  vmas: [found, empty],
  thpmaps,
  orders: [
    { order: 0, aligned: 12, unaligned: 0, partial: 0 },
    { order: 4, aligned: 48, unaligned: 16, partial: 24 },
    { order: null, aligned: 0, unaligned: 0, partial: 3 },
  ],
  batches,
  contpteKb: 64,
  rounds: [round],
  anonymous: { pages: 612, rounds: [round] },
  whatIf: [{ kb: 64, pages: 640, rounds: [round] }],
};

function cost(ns: number): Cost {
  return { machine: 'zen3', total: { low: ns, likely: ns, high: ns }, parts: [] };
}

const rounds = [{ round, protect: cost(1000), restore: cost(2500) }];
const priced: PricedAnalysis = {
  analysis,
  rounds,
  vmas: [rounds, []],
  anonymous: rounds,
  whatIf: [rounds],
};

it('writes folios, batches, VMAs, costs and alternatives', async () => {
  const text = renderAnalysis(priced, { vmas: 5 });
  await expect(text).toMatchFileSnapshot('snapshots/analysis.txt');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('writes Markdown', async () => {
  const text = renderAnalysis(priced, { vmas: 5, format: 'markdown' });
  await expect(text).toMatchFileSnapshot('snapshots/analysis-markdown.txt');
});

it('says how much could not be looked at, and does without prices', () => {
  const hidden = { ...found, hidden: 256, batches: none, rounds: [] };
  const bare: Analysis = { ...analysis, vmas: [hidden], orders: [], rounds: [], whatIf: [] };
  const unpriced = { round, protect: null, restore: null };
  const text = renderAnalysis(
    { analysis: bare, rounds: [unpriced], vmas: [[]], anonymous: [], whatIf: [] },
    { vmas: 5 },
  );
  expect(text).toContain('1 MiB not looked at: their frames are hidden');
  expect(text).toMatch(/x86-64 6.17 +merged +24 +24|x86-64 6.17 +merged +48 +54 +- +-\n/);
});

it('writes figures as thpmaps does', () => {
  expect(renderThpmaps(analysis)).toBe(
    [
      '0000000007: 00007f1234567000-00007f1234967000 rw-p 00000000',
      'anon-thp-pmd-aligned-2048kB:        2048 kB (84%)',
      'anon-thp-pte-aligned-64kB:           192 kB ( 8%)',
      '0000000007: 00007f1234567000-00007f1234967000 ---p 00000000 /lib/long/name.so',
      'all',
      'anon-thp-pmd-aligned-2048kB:        2048 kB (84%)',
      'anon-thp-pte-aligned-64kB:           192 kB ( 8%)',
      '',
    ].join('\n'),
  );
});
