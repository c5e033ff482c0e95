import type { Page, Table } from '@ptelab/report';
import type { Environment } from '../result/environment.ts';
import type { KernelResult, KernelRow } from '../result/result.ts';
import { short, sizeText, withInterval } from './numbers.ts';

/** The model is to take at most this share of the kernel's time. */
export const RATIO_BOUND = 0.1;

/** A shape is doubtful below this share of pages in folios of the wanted size. */
const LEAST_SHAPE = 0.9;

/** On bare metal both directions take about the same; this much more is something else. */
const IMBALANCE = 4;

function tableOf(rows: readonly KernelRow[]): Table {
  return {
    columns: [
      { title: 'layout' },
      { title: 'to' },
      { title: 'engine' },
      { title: 'kernel\nns/PTE', align: 'right' },
      { title: 'model\nns/PTE', align: 'right' },
      { title: 'model/kernel', align: 'right' },
      { title: `at most ${RATIO_BOUND}` },
    ],
    rows: rows.map(({ layout, direction, engine, kernel, model, ratio }) => [
      layout,
      direction,
      engine,
      withInterval(kernel),
      withInterval(model),
      short(ratio),
      ratio <= RATIO_BOUND ? { text: 'yes', tone: 'good' } : { text: 'no', tone: 'bad' },
    ]),
  };
}

function shapeLines({ layouts }: KernelResult): string[] {
  return layouts.flatMap(({ layout, shapeShare, hugeMappedKib }) => {
    if (shapeShare === null) {
      return [`${layout}: the shape could not be checked (/proc/kpageflags takes privileges)`];
    }
    const share = `${(shapeShare * 100).toFixed(1)} % of the pages are in folios of the wanted size`;
    const doubt = shapeShare < LEAST_SHAPE ? ': NOT THE LAYOUT IT IS NAMED AFTER' : '';
    const huge =
      hugeMappedKib === null || hugeMappedKib === 0
        ? ''
        : `, ${hugeMappedKib} KiB are mapped by huge entries`;
    return [`${layout}: ${share}${doubt}${huge}`];
  });
}

function imbalanceText({ rows }: KernelResult, { virtual }: Environment): string {
  const median = (layout: string, direction: string): number =>
    rows.find((row) => row.layout === layout && row.direction === direction)?.kernel.median ?? NaN;
  const odd = [...new Set(rows.map((row) => row.layout))].filter((layout) => {
    const ratio = median(layout, 'RW') / median(layout, 'RO');
    return ratio > IMBALANCE || ratio < 1 / IMBALANCE;
  });
  if (odd.length === 0) return '';
  const cause =
    virtual === true
      ? 'The hypervisor of this virtual machine probably follows writes to page tables'
      : 'Something beside the kernel takes part';
  return (
    `On the kernel, RO and RW of ${odd.join(' and ')} differ more than ${IMBALANCE} times. ${cause}: ` +
    'ratios of the slower direction flatter the model.'
  );
}

/** The layouts on the running kernel and in the model. */
export function addKernel(page: Page, result: KernelResult, environment: Environment): void {
  page.heading('The running kernel and the model of it, turn by turn', 2);
  page.paragraph(
    `${sizeText(result.mib)} of private anonymous memory, one call over all of it; the model is ` +
      `${result.modelKernel} ${result.strategy}, counting on. Medians of ${result.cycles} cycles, with ` +
      'the interval that the true median lies in at 95 %. The shared engine walks leaf tables in the same state ' +
      'once, which is exact; the plain one walks each of them.',
  );
  page.table(tableOf(result.rows));
  page.lines(shapeLines(result));
  page.paragraph(imbalanceText(result, environment));
}
