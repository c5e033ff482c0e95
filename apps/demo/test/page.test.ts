import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '@ptelab/presets/chromium';
import { brokenRules, counterOf, openPage } from './opened-page.fixture.ts';

describe.skipIf(!hasBrowser())('the built page', () => {
  const opened = openPage();

  it('opens on a batch in three parts, before and with batching', async () => {
    const { page } = opened();
    expect(await page.getByTestId('batch-end').innerText()).toBe(
      'Batch of 16, pages 0 to 15: ends because the folio ends: page 16 is in folio B. ' +
        'Committed with page 3: page 4 is not exclusive, which may not become writable.',
    );
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4']);
    expect(await counterOf(opened(), 'commits')).toEqual(['64', '6']);
  });

  it.each([1440, 900, 390])('does not scroll sideways at %i pixels', async (width) => {
    const { page } = opened();
    await page.setViewportSize({ width, height: 844 });
    // A string: tsc checks this file without a DOM of its own.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it('steps and jumps by keys, and counts as it goes', async () => {
    const { page } = opened();
    await page.getByLabel('Page table of arm64 6.17').focus();
    const moment = page.getByTestId('moment');
    await page.keyboard.press('Shift+B');
    expect(await moment.innerText()).toBe('call 27 of 31: modify_prot_start pages 48 to 63');
    expect(await counterOf(opened(), 'batches')).toEqual(['49 / 64', '4']);
    await page.keyboard.press(',');
    expect(await moment.innerText()).toBe('call 26 of 31: folio_pte_batch page 48 returns 16');
    for (const key of ['[', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Work of step 7' }).waitFor();
    expect(await page.locator('#entry-title').innerText()).toMatch(/^PTE of page 20 /);
  });

  it('shows what is chosen in the gallery, and its link shows it again', async () => {
    const { page, browser, url } = opened();
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
    const other = await browser.newPage();
    await other.goto(page.url());
    await other.getByTestId('batch-end').waitFor();
    expect(await other.getByTestId('moment').innerText()).toBe(moment);
    expect(await other.getByRole('combobox', { name: 'Gallery' }).inputValue()).toBe('head-page');
    await other.goto(`${url}#v1.damaged`);
    await other.getByRole('alert').waitFor();
    expect(await other.getByRole('alert').innerText()).toBe(
      'expected a whole link, found one that is damaged or cut off',
    );
    await other.close();
  });

  it('compares as many machines as are chosen, and lights up what differs', async () => {
    const { page } = opened();
    await page.getByRole('button', { name: 'Add a machine' }).click();
    const third = page.getByRole('group', { name: 'Machine 3' });
    await third.getByRole('combobox', { name: 'Architecture' }).selectOption('x86-64');
    await third.getByRole('combobox', { name: 'Linux' }).selectOption('7.3');
    await page.getByLabel('Page table of x86-64 7.3').waitFor();
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4', '4']);
    expect(await page.locator('[data-event="unfolds"]').getAttribute('class')).toBe('differs');
    const second = page.getByRole('group', { name: 'Machine 2' });
    await second.getByRole('combobox', { name: 'Strategy' }).selectOption('per-pte');
    await page.getByText('64 batches').nth(1).waitFor();
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '64', '4']);
    await page.getByRole('button', { name: 'Remove machine 1' }).click();
    await page.getByLabel('Page table of arm64 6.16').waitFor({ state: 'detached' });
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4']);
  });

  it('predicts times by the prices of the machine that is chosen', async () => {
    const { page } = opened();
    const before = await counterOf(opened(), 'time');
    const prices = page.getByRole('combobox', { name: 'Prices of arm64' });
    await prices.selectOption({ label: 'Ampere Altra (Arm Neoverse N1)' });
    const after = await counterOf(opened(), 'time');
    expect(after).toHaveLength(2);
    expect(after).not.toEqual(before);
  });

  it('can be walked through without a mouse', async () => {
    const { page } = opened();
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
    const { page } = opened();
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
    const { page } = opened();
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
      const { page } = opened();
      await page.emulateMedia({ colorScheme });
      expect(await brokenRules(opened())).toEqual([]);
    },
  );
});
