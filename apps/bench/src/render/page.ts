import type { Page } from '@ptelab/report';
import type { PageResult } from '../result/result.ts';
import { short, withInterval } from './numbers.ts';

/** Frames per second at which moving looks smooth. */
export const SMOOTH = 50;

/** The demo's page: first paint, and how smoothly its largest page table moves. */
export function addPage(page: Page, result: PageResult): void {
  const { pages, browser, firstPaintMs, gestures } = result;
  page.heading('The page', 2);
  page.paragraph(
    `Chromium ${browser}, headless, 1440 by 900. First paint from a local server with an empty cache: ` +
      `${withInterval(firstPaintMs)} ms, of ${firstPaintMs.samples}. Frames while a page table of ` +
      `${pages} entries moves:`,
  );
  page.table({
    columns: [
      { title: 'gesture' },
      { title: 'frames/s', align: 'right' },
      { title: '95 % of frames\nwithin ms', align: 'right' },
      { title: `at least ${SMOOTH}` },
    ],
    rows: gestures.map(({ gesture, perSecond, slowMs }) => [
      gesture,
      short(perSecond),
      short(slowMs),
      perSecond >= SMOOTH ? 'yes' : { text: 'no', tone: 'bad' },
    ]),
  });
}
