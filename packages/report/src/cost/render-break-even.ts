import type { BreakEven, CostSeries, PaysFrom, SinglePageCost, SkippingCosts } from '@ptelab/cost';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Table } from '../text/table.ts';
import { figure } from './figures.ts';
import { folio, MEMMAP, MEMORY } from './words.ts';

/** A curve for each column. */
function seriesTable(series: readonly CostSeries[]): Table {
  const [first] = series;
  return {
    columns: [
      { title: 'order', align: 'right' },
      { title: 'folio', align: 'right' },
      ...series.map(({ label }) => ({ title: label, align: 'right' as const })),
    ],
    rows: (first?.points ?? []).map(({ x }, i) => [
      String(x),
      folio(x),
      ...series.map(({ points }) => figure(points[i]?.y.likely ?? Number.NaN)),
    ]),
  };
}

function paysText({ variant, than, likely, surely }: PaysFrom): string {
  const text = (order: number | null): string =>
    order === null ? 'from no order' : `from order ${String(order)} (${folio(order)})`;
  return `${variant} is cheaper than ${than} ${text(likely)} on; whatever the prices are within their ranges, ${text(surely)} on`;
}

function singleTable(costs: readonly SinglePageCost[]): Table {
  const labels = costs[0]?.costs.map(({ label }) => label) ?? [];
  return {
    columns: [
      { title: 'memory' },
      { title: 'struct pages' },
      ...labels.map((title) => ({ title, align: 'right' as const })),
    ],
    rows: costs.map((row) => [
      MEMORY[row.memory],
      MEMMAP[row.memmap],
      ...row.costs.map(({ ns }) => figure(ns.likely)),
    ]),
  };
}

const whole = (share: number): string => (100 * share).toFixed(0);

function skippingTable(skipping: readonly SkippingCosts[]): Table {
  return {
    columns: [
      { title: 'memory' },
      { title: 'order', align: 'right' },
      { title: 'folio', align: 'right' },
      { title: 'saves ns\na single', align: 'right' },
      { title: 'loses ns a\nlarge page', align: 'right' },
      { title: 'wins up to\n% large', align: 'right' },
      { title: 'range', align: 'right' },
    ],
    rows: skipping.flatMap(({ memory, shares }) =>
      shares.map(({ order, savedPerSingle, lostPerLarge, share }) => [
        MEMORY[memory],
        String(order),
        folio(order),
        figure(savedPerSingle.likely),
        figure(lostPerLarge.likely),
        share.likely === 1 ? 'always' : whole(share.likely),
        share.low === 1 ? '' : `${whole(share.low)} .. ${whole(share.high)}`,
      ]),
    ),
  };
}

/** Writes from which folio order batching pays, and which mix makes skipping the lookup win. */
export function renderBreakEven(
  { machine, orders, singlePages, skipping }: BreakEven,
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading(`Break-even on ${machine.id}: ${machine.title}`, 1);
  page.heading('From which folio order batching pays (Q18)', 2);
  page.paragraph(
    'ns a page of 64 MiB private anonymous memory that becomes read-only and writable again, mean of both:',
  );
  page.table(seriesTable(orders.series));
  page.lines(orders.paysFrom.map(paysText));
  page.heading('What single pages cost (Q13)', 2);
  page.paragraph('ns a page, the same cycle, by where the struct pages are:');
  page.table(singleTable(singlePages));
  page.heading('Which share of large pages makes skipping the lookup win (Q15)', 2);
  page.paragraph(
    'batch-hint against single-fast-path: up to this share of pages in large folios, skipping is cheaper. Range: what the ranges of the prices do to the share.',
  );
  page.table(skippingTable(skipping));
  return page.toString();
}
