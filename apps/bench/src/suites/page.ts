import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, launchChromium } from '@ptelab/presets/chromium';
import { serve } from '@ptelab/presets/serve';
import { Lacking } from '../bench-error.ts';
import { framesDuring } from '../page/frames.ts';
import { GESTURES, type Gesture } from '../page/gestures.ts';
import { LARGE_PAGES, largeStoryLink } from '../page/large-story.ts';
import type { PageGesture, PageResult } from '../result/result.ts';
import { summarise } from '../result/statistics.ts';

const BUILT = join(import.meta.dirname, '../../demo/dist/web');
const VIEW = { width: 1440, height: 900 };

/** Milliseconds until something is seen; the browser's own clock. */
const FIRST_PAINT = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByName('first-contentful-paint');
    if (entry === undefined) setTimeout(look, 10);
    else resolve(entry.startTime);
  };
  look();
})`;

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEW });
  await page.goto(url);
  await page.getByTestId('raw').waitFor({ timeout: 60_000 });
  return page;
}

async function measureGesture(
  browser: Browser,
  url: string,
  gesture: Gesture,
): Promise<PageGesture> {
  const page = await openPage(browser, url);
  const canvas = page.locator('canvas.stage');
  await canvas.focus();
  const box = await canvas.boundingBox();
  const centre = {
    x: (box?.x ?? 0) + (box?.width ?? 0) / 2,
    y: (box?.y ?? 0) + (box?.height ?? 0) / 2,
  };
  await gesture.prepare(page, centre);
  const frames = await framesDuring(page, (turn) => gesture.move(page, centre, turn));
  await page.close();
  const sorted = frames.toSorted((a, b) => a - b);
  const total = frames.reduce((sum, ms) => sum + ms, 0);
  return {
    gesture: gesture.name,
    perSecond: (1000 * frames.length) / total,
    slowMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    frames: frames.length,
  };
}

async function measureFirstPaint(browser: Browser, url: string): Promise<number> {
  // A context of its own has nothing in its cache.
  const context = await browser.newContext({ viewport: VIEW });
  const page = await context.newPage();
  await page.goto(url);
  const ms = await page.evaluate<number>(FIRST_PAINT);
  await context.close();
  return ms;
}

/**
 * The demo's page in a browser: when something is first seen, and frames per second on the largest page
 * table.
 *
 * @throws Lacking without a browser or a built page.
 */
export async function pageSuite(settings: {
  readonly cycles: number;
  readonly progress: (text: string) => void;
}): Promise<PageResult> {
  const { cycles, progress } = settings;
  if (!hasBrowser()) throw new Lacking('needs Chromium in PATH, or named in CHROMIUM');
  if (!existsSync(join(BUILT, 'index.html'))) {
    throw new Lacking('the page is not built: run `pnpm --filter demo run build`');
  }
  const served = await serve(BUILT);
  const browser = await launchChromium();
  try {
    const paints: number[] = [];
    for (let cycle = 0; cycle < cycles; cycle++) {
      progress(`page: first paint, ${cycle + 1} of ${cycles}`);
      paints.push(await measureFirstPaint(browser, served.url));
    }
    const gestures: PageGesture[] = [];
    for (const gesture of GESTURES) {
      progress(`page: ${gesture.name}, ${LARGE_PAGES} entries`);
      gestures.push(await measureGesture(browser, served.url + largeStoryLink(), gesture));
    }
    return {
      pages: LARGE_PAGES,
      browser: browser.version(),
      firstPaintMs: summarise(paints),
      gestures,
    };
  } finally {
    await browser.close();
    served.close();
  }
}
