import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '@ptelab/presets/chromium';
import { brokenRules, counterOf, openPage } from './opened-page.fixture.ts';

/** The middle of a cell of a page table of 64 entries, seen whole. */
async function placeOf(canvas: Locator, page: number): Promise<{ x: number; y: number }> {
  const box = await canvas.boundingBox();
  const margin = { left: 58, top: 10, right: 10, bottom: 10 };
  const across = ((box?.width ?? 0) - margin.left - margin.right) / 16;
  const scale = Math.min(across, ((box?.height ?? 0) - margin.top - margin.bottom) / 4, 64);
  return {
    x: (box?.x ?? 0) + margin.left + ((page % 16) + 0.5) * scale,
    y: (box?.y ?? 0) + margin.top + (Math.floor(page / 16) + 0.4) * scale,
  };
}

describe.skipIf(!hasBrowser())('painting', () => {
  const opened = openPage();

  it('makes folios where the mouse is dragged, and takes them back', async () => {
    const { page } = opened();
    const canvas = page.getByLabel('Page table of arm64 6.17');
    await canvas.focus();
    await page.keyboard.press('p');
    await page.getByText('8 KiB', { exact: true }).click();
    const [from, to] = [await placeOf(canvas, 20), await placeOf(canvas, 23)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
    // Folio B is left at both sides of two folios of two pages.
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '7']);
    expect(await page.locator('#entry-title').innerText()).toMatch(/^PTE of page 20 /);
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: 'Work of step 8' }).waitFor();
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4']);
  });

  it('changes bits by keys, and what the call does', async () => {
    const { page } = opened();
    await page.getByLabel('Page table of arm64 6.17').focus();
    await page.keyboard.press('p');
    await page.getByRole('radio', { name: 'E exclusive' }).first().check({ force: true });
    await page.getByLabel('Page table of arm64 6.17').focus();
    for (const key of ['ArrowRight', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
    // Pages 3 and 4 are exclusive now: still three parts, of 3, 2 and 11 pages.
    expect(await counterOf(opened(), 'commits')).toEqual(['64', '6']);
    await page.getByRole('combobox', { name: 'Protection' }).selectOption('none');
    await page.getByText('4 commits', { exact: true }).waitFor();
    expect(await counterOf(opened(), 'commits')).toEqual(['64', '4']);
  });

  it('says why it can not paint', async () => {
    const { page } = opened();
    await page.getByRole('combobox', { name: 'Gallery' }).selectOption('t2');
    await page.getByRole('heading', { name: 'Work of step 4' }).waitFor();
    const button = page.getByRole('button', { name: 'Paint' });
    expect(await button.isDisabled()).toBe(true);
    expect(await button.getAttribute('title')).toContain('more than 1024 entries');
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility: %s',
    async (colorScheme) => {
      const { page } = opened();
      await page.emulateMedia({ colorScheme });
      await page.getByRole('button', { name: 'Paint' }).click();
      expect(await brokenRules(opened())).toEqual([]);
    },
  );
});
