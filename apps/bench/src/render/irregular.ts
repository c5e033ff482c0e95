import type { Cell, Page } from '@ptelab/report';
import type { BothEngines, IrregularResult } from '../result/result.ts';
import { short, sizeText } from './numbers.ts';

/** Sharing may cost this much where there is nothing to share. */
const RATIO_BOUND = 1.1;

function cells({ shared, plain, ratio }: BothEngines): (Cell | string)[] {
  const text = `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} .. ${ratio.high.toFixed(2)})`;
  return [
    `${short(shared.median)} / ${short(plain.median)}`,
    { text, tone: ratio.median <= RATIO_BOUND ? 'good' : 'bad' },
  ];
}

/** What sharing costs where it gains nothing. */
export function addIrregular(page: Page, { mib, rows }: IrregularResult): void {
  const [first] = rows;
  if (first === undefined) return;
  page.lines(['Nothing regular: the shared engine relative to the plain one'], 'heading');
  page.paragraph(
    `${sizeText(mib)} in which no two leaf tables are alike, so that sharing gains nothing; both engines take turns ` +
      'in one process, counting on. Mixed: folios of all orders, zero pages, holes and old pages at random. Holed: ' +
      'huge pages mapped by single entries, another one of which is missing in each table. Medians of ' +
      `${first.setUp.ratio.samples} set-ups and ${first.readOnly.ratio.samples} cycles, in nanoseconds of CPU time per page, ` +
      `and that of shared / plain, which is to be at most ${RATIO_BOUND.toFixed(2)}.`,
  );
  const right = 'right' as const;
  page.table({
    columns: [
      { title: 'machine' },
      { title: 'layout' },
      ...['set-up', 'RO', 'RW'].flatMap((title) => [
        { title: `${title}\nshared / plain ns`, align: right },
        { title: '\nratio', align: right },
      ]),
    ],
    rows: rows.map(({ arch, strategy, layout, setUp, readOnly, readWrite }) => [
      `${arch} ${strategy}`,
      layout,
      ...cells(setUp),
      ...cells(readOnly),
      ...cells(readWrite),
    ]),
  });
}
