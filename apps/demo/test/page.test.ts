import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, launchChromium } from '@ptelab/presets/chromium';
import { serve, type Served } from '@ptelab/presets/serve';

const BUILT = join(import.meta.dirname, '../dist/web');

describe.skipIf(!hasBrowser())('the built page', () => {
  let served: Served | undefined;
  let browser: Browser | undefined;
  let page: Page;
  let problems: string[];
  let requests: string[];

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
    problems = [];
    requests = [];
    page = await browser!.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(served!.url);
    return async () => {
      await page.close();
      expect(problems).toEqual([]);
      const beyond = requests.filter(
        (url) => !url.startsWith(served!.url) && !/^(data|blob):/.test(url),
      );
      expect(beyond).toEqual([]);
    };
  });

  const counter = async (event: string): Promise<string[]> =>
    page.locator(`[data-event="${event}"] td`).allInnerTexts();

  it('opens on a batch in three parts, before and with batching', async () => {
    await page.getByTestId('batch-end').waitFor();
    expect(await page.getByTestId('batch-end').innerText()).toBe(
      'Batch of 16, pages 0 to 15: ends because the folio ends: page 16 is in folio B. ' +
        'Committed with page 3: page 4 is not exclusive, which may not become writable.',
    );
    expect(await counter('batches')).toEqual(['64', '4']);
    expect(await counter('commits')).toEqual(['64', '6']);
  });

  it.each([1440, 900, 390])('does not scroll sideways at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 844 });
    await page.getByTestId('batch-end').waitFor();
    // A string: tsc checks this file without a DOM of its own.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it('steps and jumps by keys, and counts as it goes', async () => {
    await page.getByTestId('batch-end').waitFor();
    await page.getByLabel('Page table of arm64 6.17').focus();
    const moment = page.getByTestId('moment');
    await page.keyboard.press('Shift+B');
    expect(await moment.innerText()).toBe('call 27 of 31: modify_prot_start pages 48 to 63');
    expect(await counter('batches')).toEqual(['49 / 64', '4']);
    await page.keyboard.press(',');
    expect(await moment.innerText()).toBe('call 26 of 31: folio_pte_batch page 48 returns 16');
    for (const key of ['[', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Work of step 7' }).waitFor();
    expect(await page.locator('#entry-title').innerText()).toMatch(/^PTE of page 20 /);
  });

  it('shows what is chosen in the gallery, and its link shows it again', async () => {
    await page.getByRole('combobox', { name: 'Gallery' }).selectOption('head-page');
    await page.getByRole('heading', { name: 'Work of step 7' }).waitFor();
    expect(await page.getByRole('link', { name: /^Q4: / }).getAttribute('href')).toMatch(
      /q04\.md$/,
    );
    await page.getByLabel('Page table of x86-64 6.17', { exact: true }).focus();
    await page.keyboard.press(',');
    const moment = await page.getByTestId('moment').innerText();
    expect(moment).toMatch(/^call 3 of 4: /);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText(/^(Copied|Look in the address bar)$/).waitFor();
    expect(page.url()).toMatch(/#v1\./);
    const other = await browser!.newPage();
    await other.goto(page.url());
    await other.getByTestId('batch-end').waitFor();
    expect(await other.getByTestId('moment').innerText()).toBe(moment);
    expect(await other.getByRole('combobox', { name: 'Gallery' }).inputValue()).toBe('head-page');
    await other.goto(`${served!.url}#v1.damaged`);
    await other.getByRole('alert').waitFor();
    expect(await other.getByRole('alert').innerText()).toBe(
      'expected a whole link, found one that is damaged or cut off',
    );
    await other.close();
  });

  it('compares as many machines as are chosen, and lights up what differs', async () => {
    await page.getByTestId('batch-end').waitFor();
    await page.getByRole('button', { name: 'Add a machine' }).click();
    const third = page.getByRole('group', { name: 'Machine 3' });
    await third.getByRole('combobox', { name: 'Architecture' }).selectOption('x86-64');
    await third.getByRole('combobox', { name: 'Linux' }).selectOption('7.3');
    await page.getByLabel('Page table of x86-64 7.3').waitFor();
    expect(await counter('batches')).toEqual(['64', '4', '4']);
    expect(await page.locator('[data-event="unfolds"]').getAttribute('class')).toBe('differs');
    const second = page.getByRole('group', { name: 'Machine 2' });
    await second.getByRole('combobox', { name: 'Strategy' }).selectOption('per-pte');
    await page.getByText('64 batches').nth(1).waitFor();
    expect(await counter('batches')).toEqual(['64', '64', '4']);
    await page.getByRole('button', { name: 'Remove machine 1' }).click();
    await page.getByLabel('Page table of arm64 6.16').waitFor({ state: 'detached' });
    expect(await counter('batches')).toEqual(['64', '4']);
  });

  it('predicts times by the prices of the machine that is chosen', async () => {
    await page.getByTestId('batch-end').waitFor();
    const before = await counter('time');
    const prices = page.getByRole('combobox', { name: 'Prices of arm64' });
    await prices.selectOption({ label: 'Ampere Altra (Arm Neoverse N1)' });
    const after = await counter('time');
    expect(after).toHaveLength(2);
    expect(after).not.toEqual(before);
  });

  it('can be walked through without a mouse', async () => {
    await page.getByTestId('batch-end').waitFor();
    const focused = (): Promise<string> =>
      page.evaluate(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
      );
    const tabTo = async (name: string): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        if ((await focused()) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab never comes to ${name}`);
    };
    await tabTo('Gallery');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
    await tabTo('Page table of arm64 6.16');
    for (const key of ['ArrowRight', 'Enter', 'Shift+B']) await page.keyboard.press(key);
    expect(await page.locator('#entry-title').innerText()).toMatch(/^PTE of page 1 .*pinned$/s);
    expect(await page.getByTestId('moment').innerText()).toMatch(/modify_prot_start/);
    await tabTo('Page table of arm64 6.17');
    expect(await page.locator('#entry-title').innerText()).toMatch(/arm64 6\.17 merged/);
    await page.getByRole('button', { name: 'Add a machine' }).focus();
    await tabTo('Export');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^PNG/);
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Export');
  });

  it('saves what is shown', async () => {
    await page.getByTestId('batch-end').waitFor();
    const save = async (format: string): Promise<{ name: string; bytes: Buffer }> => {
      await page.getByText('Export', { exact: true }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: new RegExp(`^${format}:`) }).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const png = await save('PNG');
    expect(png.name).toBe('fork-and-one-write-step-8.png');
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    const svg = (await save('SVG')).bytes.toString();
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    for (const words of [
      'arm64 6.16',
      'merged   4 batches',
      'step 8: mprotect pages 0 to 63: rw',
    ]) {
      expect(svg).toContain(words);
    }
    const json = await save('JSON');
    expect(json.name).toBe('fork-and-one-write.json');
    expect(JSON.parse(json.bytes.toString())).toMatchObject([
      { machine: { kernel: '6.16', strategy: 'per-pte' } },
      { machine: { kernel: '6.17', strategy: 'merged' } },
    ]);
  });

  it('takes changes of the story back by keys', async () => {
    await page.getByTestId('batch-end').waitFor();
    await page.getByRole('combobox', { name: 'Gallery' }).selectOption('t2');
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: 'Work of step 8' }).waitFor();
    await page.keyboard.press('Control+Shift+z');
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility: %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.getByTestId('batch-end').waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{ violations: axe.Result[] }>(
        'axe.run({ resultTypes: ["violations"] })',
      );
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      ).toEqual([]);
    },
  );
});
