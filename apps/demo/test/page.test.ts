import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, launchChromium } from '@ptelab/presets/chromium';
import { serve, type Served } from './serve.ts';

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
      const beyond = requests.filter((url) => !url.startsWith(served!.url) && url !== 'data:,');
      expect(beyond).toEqual([]);
    };
  });

  const counter = async (event: string): Promise<string[]> =>
    page.locator(`[data-event="${event}"] td`).allInnerTexts();
  const chooseStep = async (text: string): Promise<void> => {
    await page.getByRole('radio', { name: text }).check();
  };
  const cells = (machine: string, selector = ''): ReturnType<Page['locator']> =>
    page.getByRole('region', { name: machine, exact: true }).locator(`[role=gridcell]${selector}`);

  it('opens on the read-only step of a whole 64K folio, before and with batching', async () => {
    expect(await counter('rawReads')).toEqual(['80', '3', '≠ −77']);
    expect(await counter('rawWrites')).toEqual(['48', '16', '≠ −32']);
    expect(await counter('xchg')).toEqual(['48', '16', '≠ −32']);
    expect(await page.getByTestId('batches').allInnerTexts()).toEqual([
      'pages 0–15: 16 batches of 1',
      'pages 0–15: 1 batch of 16',
    ]);
    const flushes = page.getByTestId('flushes');
    expect(await flushes.first().getByRole('listitem').allInnerTexts()).toEqual(
      Array(3).fill('pages 0–15'),
    );
    expect(await flushes.last().getByRole('listitem').allInnerTexts()).toEqual(['pages 0–15']);
  });

  it('shows entries after the step', async () => {
    const machine = 'arm64 6.17';
    expect(await cells(machine).allInnerTexts()).toEqual(Array(16).fill('A\n·DE'));
    await chooseStep('mprotect pages 0–15: read-write');
    expect(await cells(machine).allInnerTexts()).toEqual(Array(16).fill('A\nWDE'));
    expect(await cells(machine, '.changed').count()).toBe(16);
  });

  it('switches case', async () => {
    await page.getByRole('radio', { name: 'Fork, and the child exits' }).check();
    await chooseStep('mprotect pages 0–15: read-write');
    expect(await page.getByTestId('batches').last().innerText()).toBe(
      'pages 0–15: 1 batch of 16, committed 3 + 1 + 12',
    );
    const writable = await cells('arm64 6.17').allInnerTexts();
    expect(writable.flatMap((text, index) => (text.includes('W') ? [index] : []))).toEqual([3]);
  });

  it('switches machine', async () => {
    const second = page.getByRole('group', { name: 'Second machine' });
    await second.getByLabel('Architecture').selectOption('x86-64');
    await second.getByLabel('Linux').selectOption('7.3');
    expect(await counter('rawReads')).toEqual(['80', '16', '≠ −64']);
    expect(await counter('invlpg')).toEqual(['0', '16', '≠ +16']);
    expect(await page.getByRole('region', { name: 'x86-64 7.3', exact: true }).count()).toBe(1);
    await second.getByLabel('Architecture').selectOption('arm64');
    await second.getByLabel('Linux').selectOption('6.16');
    expect(await counter('rawReads')).toEqual(['80', '80', 'same']);
  });

  it('explains the entry that is pointed at or reached by arrow keys, on both machines', async () => {
    const heads = page.locator('.entry h2');
    const raw = page.locator('.raw');
    expect(await heads.first().innerText()).toMatch(/^PTE of page 0 arm64 6\.16$/);
    await cells('arm64 6.16').nth(5).hover();
    expect(await heads.allInnerTexts()).toEqual([
      'PTE of page 5 arm64 6.16',
      'PTE of page 5 arm64 6.17',
    ]);
    await cells('arm64 6.17').nth(5).focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowRight', 'ArrowLeft']) {
      await page.keyboard.press(key);
    }
    expect(await heads.last().innerText()).toMatch(/page 14/);
    for (const text of await raw.allInnerTexts()) expect(text).toMatch(/^0x[0-9a-f]{16}$/);
    const write = page.locator('.entry').last().getByRole('row', { name: '51 WRITE' });
    expect(await write.innerText()).toMatch(/0\s+was 1 not writable$/);
  });

  it('steps by buttons and by arrow keys', async () => {
    const events = page.locator('#counters');
    expect(await events.innerText()).toBe('Events of step 4');
    await page.getByRole('button', { name: 'Previous' }).click();
    expect(await events.innerText()).toBe('Events of step 3');
    await page.getByRole('radio', { name: 'write pages 0–15' }).focus();
    await page.keyboard.press('ArrowLeft');
    expect(await events.innerText()).toBe('Events of step 2');
  });

  it('works without a network once it is loaded', async () => {
    await page.context().setOffline(true);
    await page.getByRole('radio', { name: 'PROT_NONE and back' }).check();
    expect(await cells('arm64 6.17').first().innerText()).toBe('A\nNDE');
  });

  it.each([1280, 360])('does not scroll sideways at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const radio of await page.getByRole('radio').all()) {
      if ((await radio.getAttribute('name')) !== 'case') continue;
      await radio.check();
      // A string: tsc checks this file without a DOM of its own.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
    }
  });
});
