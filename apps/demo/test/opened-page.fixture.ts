import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { launchChromium } from '@ptelab/presets/chromium';
import { serve, type Served } from '@ptelab/presets/serve';

const BUILT = join(import.meta.dirname, '../dist/web');

/** The built page in a browser, opened anew for each test. */
export interface OpenedPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly url: string;
}

/**
 * Opens the built page for each test of a block, and judges afterwards that it complained of nothing and
 * asked nothing of anyone else.
 */
export function openPage(): () => OpenedPage {
  let served: Served | undefined;
  let browser: Browser | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    if (!existsSync(join(BUILT, 'index.html'))) throw new Error('not built: run vite build first');
    served = await serve(BUILT);
    browser = await launchChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  beforeEach(async () => {
    const problems: string[] = [];
    const requests: string[] = [];
    const opened = await browser!.newPage();
    page = opened;
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    opened.on('pageerror', (error) => problems.push(error.message));
    opened.on('request', (request) => requests.push(request.url()));
    await opened.goto(served!.url);
    await opened.getByTestId('batch-end').waitFor();
    return async () => {
      await opened.close();
      expect(problems).toEqual([]);
      const beyond = requests.filter(
        (url) => !url.startsWith(served!.url) && !/^(data|blob):/.test(url),
      );
      expect(beyond).toEqual([]);
    };
  });

  return () => ({ page: page!, browser: browser!, url: served!.url });
}

/** What a counter of the table says, machine by machine. */
export async function counterOf({ page }: OpenedPage, event: string): Promise<string[]> {
  return page.locator(`[data-event="${event}"] td`).allInnerTexts();
}

/** Rules of accessibility that the page breaks, with what breaks them. */
export async function brokenRules({ page }: OpenedPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: axe.Result[] }>(
    'axe.run({ resultTypes: ["violations"] })',
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
