import type { Analysis, BatchEnd, VmaAnalysis } from '@ptelab/kernel';
import { counted } from '../text/numbers.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import { timeText } from '../text/times.ts';
import type { PricedAnalysis, PricedRound } from './priced.ts';
import { machineColumns, roundTime, roundTimeText } from './round-rows.ts';
import { meanText, shareText, sizeText } from './sizes.ts';

/** How an analysis is written. */
export interface AnalysisRenderOptions extends RenderOptions {
  /** VMAs to list, those with most pages first. */
  readonly vmas: number;
}

const ENDS: readonly (readonly [BatchEnd, string])[] = [
  ['single', 'no large folio: nothing to batch'],
  ['folio', 'the folio ends'],
  ['table', 'the page table ends inside the folio'],
  ['vma', 'the VMA ends inside the folio'],
  ['hole', "the folio's next page is not mapped here"],
  ['sharing', 'the next page is shared and this one is not, or the reverse'],
  ['entry-bits', 'soft-dirty or userfaultfd bits differ'],
];

const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });

function pageKb({ host }: Analysis): number {
  return host.pageSize / 1024;
}

function writeFolios(page: Page, analysis: Analysis): void {
  const kb = pageKb(analysis);
  const all = analysis.orders.reduce((n, o) => n + o.aligned + o.unaligned + o.partial, 0);
  page.heading('Folios', 2);
  page.table({
    columns: [
      right('folio size'),
      right('mapped whole,\naligned'),
      right('mapped whole,\nnot aligned'),
      right('in part'),
      right('share'),
    ],
    rows: analysis.orders.map(({ order, aligned, unaligned, partial }) => [
      order === null ? 'unknown' : sizeText(2 ** order * kb),
      sizeText(aligned * kb),
      sizeText(unaligned * kb),
      sizeText(partial * kb),
      shareText(aligned + unaligned + partial, all),
    ]),
  });
}

function writeBatches(page: Page, analysis: Analysis): void {
  const kb = pageKb(analysis);
  const { batches, contpteKb } = analysis;
  const { pages, pmdMapped } = batches;
  page.heading('Batches of an mprotect of every VMA', 2);
  page.table({
    columns: [{ title: 'memory' }, right('size'), right('share')],
    rows: [
      ['mapped by PMDs: changes as one', sizeText(pmdMapped * kb), ''],
      ['mapped by entries', sizeText(pages * kb), shareText(pages, pages)],
      [
        '  in batches of two and more',
        sizeText(batches.batched * kb),
        shareText(batches.batched, pages),
      ],
      [
        `  in whole ${sizeText(contpteKb)} blocks that arm64 makes contiguous`,
        sizeText(batches.contpte * kb),
        shareText(batches.contpte, pages),
      ],
    ],
  });
  page.table({
    columns: [{ title: 'why a batch ends' }, right('batches'), right('share')],
    rows: ENDS.filter(([end]) => batches.ends[end] > 0).map(([end, why]) => [
      why,
      String(batches.ends[end]),
      shareText(batches.ends[end], batches.batches),
    ]),
  });
  if (batches.batches > 0) {
    const mean = meanText(pages, batches.batches);
    const seen = meanText(batches.squares, pages);
    page.lines([`Mean batch: ${mean} pages. A page finds itself in one of ${seen}, on average.`]);
  }
}

/** What a VMA shows: the end of a path, or the kernel's name for it. */
function nameOf({ vma }: VmaAnalysis): string {
  const { path } = vma;
  if (path === '') return 'anonymous';
  return (path.split('/').at(-1) ?? path).slice(0, 20);
}

function address(page: number, { host }: Analysis): string {
  return (BigInt(page) * BigInt(host.pageSize)).toString(16);
}

function writeVmas(page: Page, { analysis, vmas }: PricedAnalysis, most: number): void {
  const kb = pageKb(analysis);
  const ranked = analysis.vmas
    .map((found, i) => ({ found, priced: vmas[i] ?? [] }))
    .filter(({ found }) => found.batches.pages + found.batches.pmdMapped > 0)
    .sort((a, b) => size(b.found) - size(a.found));
  if (ranked.length === 0 || most === 0) return;
  page.heading(`VMAs with most pages: ${Math.min(most, ranked.length)} of ${ranked.length}`, 2);
  page.table({
    columns: [
      right('pid'),
      right('start'),
      { title: '' },
      { title: 'what' },
      right('mapped'),
      right('by\nPMD'),
      right('in\nbatches'),
      right('mean\nbatch'),
      right('con-\ntiguous'),
    ],
    rows: ranked.slice(0, most).map(({ found }) => {
      const { vma, batches } = found;
      return [
        String(vma.pid),
        address(vma.start, analysis),
        vma.perms,
        nameOf(found),
        sizeText(size(found) * kb),
        shareText(batches.pmdMapped, size(found)),
        shareText(batches.batched, batches.pages),
        meanText(batches.pages, batches.batches),
        shareText(batches.contpte, batches.pages),
      ];
    }),
  });
  const timed = ranked.slice(0, most).filter(({ priced }) => priced.length > 0);
  const [first] = timed;
  if (first === undefined) return;
  page.heading('What making each read-only and writable again costs', 2);
  page.table({
    columns: [right('pid'), right('start'), ...machineColumns(first.priced)],
    rows: timed.map(({ found, priced }) => [
      String(found.vma.pid),
      address(found.vma.start, analysis),
      ...priced.map(roundTimeText),
    ]),
  });
}

function size({ batches }: VmaAnalysis): number {
  return batches.pages + batches.pmdMapped;
}

/** The first round of the same architecture: what others are compared with. */
function baseOf(rounds: readonly PricedRound[], of: PricedRound): PricedRound | undefined {
  return rounds.find(({ round }) => round.machine.arch === of.round.machine.arch);
}

function ratioText(rounds: readonly PricedRound[], of: PricedRound): string {
  const base = baseOf(rounds, of);
  const [time, first] = [roundTime(of), base === undefined ? null : roundTime(base)];
  return time === null || first === null || first === 0 ? '' : (time / first).toFixed(2);
}

function writeRounds(page: Page, { rounds }: PricedAnalysis): void {
  const [any] = rounds;
  if (any === undefined) return;
  page.heading('Every writable VMA, read-only and back', 2);
  page.table({
    columns: [
      { title: 'kernel' },
      { title: 'strategy' },
      { title: 'priced as' },
      right('batches'),
      right('commits'),
      right('read-only'),
      right('and back'),
      right('ratio'),
    ],
    rows: rounds.map((priced) => {
      const { round, protect, restore } = priced;
      return [
        `${round.machine.arch} ${round.machine.kernel}`,
        round.machine.strategy ?? '',
        protect?.machine ?? '',
        String(round.protect.batches + round.restore.batches),
        String(round.protect.commits + round.restore.commits),
        protect === null ? '-' : timeText(protect.total.likely),
        restore === null ? '-' : timeText(restore.total.likely),
        ratioText(rounds, priced),
      ];
    }),
  });
  page.lines([
    `${counted(any.round.calls, 'call')} in each direction; huge mappings have no price.`,
  ]);
}

function writeWhatIf(page: Page, { analysis, anonymous, whatIf }: PricedAnalysis): void {
  const kb = pageKb(analysis);
  if (anonymous.length === 0) return;
  page.heading('If private anonymous memory had folios of one size', 2);
  page.table({
    columns: [right('folios'), right('memory'), ...machineColumns(anonymous)],
    rows: [
      ['as now', sizeText(analysis.anonymous.pages * kb), ...anonymous.map(roundTimeText)],
      ...analysis.whatIf.map((other, i) => [
        sizeText(other.kb),
        sizeText(other.pages * kb),
        ...(whatIf[i] ?? []).map(roundTimeText),
      ]),
    ],
  });
  page.paragraph(
    'Times are of all these VMAs, read-only and back. Memory: whole folios wherever a page is populated now; where no folio fits into the VMA, single pages.',
  );
}

/** Writes an analysis: folios, batches, VMAs, predicted times, and what other folio sizes would change. */
export function renderAnalysis(priced: PricedAnalysis, options: AnalysisRenderOptions): string {
  const page = new Page(settings(options));
  const { analysis } = priced;
  const { host, vmas } = analysis;
  const programs = [...new Set(vmas.map(({ vma }) => vma.comm))].join(', ');
  const processes = new Set(vmas.map(({ vma }) => vma.pid)).size;
  page.heading(`${programs}: ${processes === 1 ? '1 process' : `${processes} processes`}`, 1);
  page.lines([
    `Linux ${host.kernel} ${host.arch}, pages of ${sizeText(pageKb(analysis))}, ${counted(vmas.length, 'VMA')}`,
  ]);
  const hidden = vmas.reduce((n, vma) => n + vma.hidden, 0);
  if (hidden > 0) {
    page.lines(
      [`${sizeText(hidden * pageKb(analysis))} not looked at: their frames are hidden`],
      'bad',
    );
  }
  writeFolios(page, analysis);
  writeBatches(page, analysis);
  writeVmas(page, priced, options.vmas);
  writeRounds(page, priced);
  writeWhatIf(page, priced);
  return page.toString();
}
