import { describe, expect, it } from 'vitest';
import { hasBrowser } from '@ptelab/presets/chromium';
import { brokenRules, counterOf, openPage, type OpenedPage } from './opened-page.fixture.ts';

/** Opens the editor by its key, and waits until it can be written in. */
async function openEditor({ page }: OpenedPage): Promise<void> {
  await page.getByLabel('Page table of arm64 6.17').focus();
  await page.keyboard.press('e');
  await page.locator('.cm-content').waitFor();
  await page.locator('.cm-content:focus').waitFor();
}

/** Replaces one piece of the text by typing. */
async function retype(opened: OpenedPage, from: string, to: string): Promise<void> {
  const { page } = opened;
  const place = page.locator('.cm-line', { hasText: from }).last();
  await place.click();
  await page.keyboard.press('End');
  const line = await place.innerText();
  const press = async (key: string, times: number): Promise<void> => {
    for (let left = times; left > 0; left--) await page.keyboard.press(key);
  };
  await press('ArrowLeft', line.length - line.indexOf(from) - from.length);
  await press('Shift+ArrowLeft', from.length);
  await page.keyboard.insertText(to);
}

describe.skipIf(!hasBrowser())('the editor', () => {
  const opened = openPage();

  it('says what is wrong where it is wrong, keeps the last good story, and goes on when it is mended', async () => {
    const { page } = opened();
    await openEditor(opened());
    const last = 'mprotect: { at: 0, pages: 64, prot: rw';
    await retype(opened(), last, 'mprotekt: { at: 0, pages: 64, prot: rw');
    const status = page.locator('.editor-status .bad');
    await status.waitFor();
    expect(await status.innerText()).toMatch(/^Line 11: .*mprotekt/);
    expect(await page.locator('.cm-lintRange-error').count()).toBe(1);
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4']);
    await retype(opened(), 'mprotekt: { at: 0, pages: 64', 'mprotect: { at: 0, pages: 32');
    await status.waitFor({ state: 'detached' });
    await page.getByText('32 batches').waitFor();
    expect(await counterOf(opened(), 'batches')).toEqual(['32', '2']);
  });

  it('offers what the schema allows, with what belongs to it', async () => {
    const { page } = opened();
    await openEditor(opened());
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowLeft');
    // The line after a step begins where the next one belongs.
    await page.keyboard.type('\n- mpr');
    const offered = page.locator('.cm-tooltip-autocomplete li');
    await offered.first().waitFor();
    expect(await offered.first().innerText()).toContain('mprotect');
    await page.getByText('Changes the protection of pages').waitFor();
    // The list takes no key in the first moments.
    await page.waitForTimeout(200);
    await page.keyboard.press('Enter');
    const added = page.locator('.cm-line', { hasText: 'mprotect: { at: 0, pages: 16, prot: r }' });
    await added.waitFor();
  });

  it('says what a key means, and which keys there are to who only hears it', async () => {
    const { page } = opened();
    await openEditor(opened());
    await page.locator('.cm-line', { hasText: 'thp' }).getByText('thp').hover();
    await page.getByText('Enables or disables a folio size').waitFor();
    // Only what is in the same tree can describe it.
    const described = await page.evaluate(
      'document.querySelector(".editor-text").shadowRoot.querySelector("#" + ' +
        'document.querySelector(".editor-text").shadowRoot.activeElement.getAttribute("aria-describedby")' +
        ')?.textContent',
    );
    expect(described).toMatch(/^Tab leaves the editor/);
    await page.keyboard.press('Tab');
    expect(await page.locator('.cm-content:focus').count()).toBe(0);
  });

  it('takes back what was typed, and gives the keys back when it is closed', async () => {
    const { page } = opened();
    await openEditor(opened());
    await retype(opened(), 'pages: 64, prot: rw', 'pages: 16, prot: rw');
    await page.getByText('16 batches').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('64 batches').waitFor();
    await page.keyboard.press('Control+Shift+Z');
    await page.getByText('16 batches').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.cm-content').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Edit story');
  });

  it('numbers the steps, and goes to the one whose number is pressed', async () => {
    const { page } = opened();
    await openEditor(opened());
    expect(await page.locator('.cm-step-shown').innerText()).toBe('▸8');
    await page.locator('.cm-step', { hasText: '7' }).click();
    await page.getByRole('heading', { name: 'Work of step 7' }).waitFor();
    expect(await page.locator('.cm-step-shown').innerText()).toBe('▸7');
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility: %s',
    async (colorScheme) => {
      const { page } = opened();
      await page.emulateMedia({ colorScheme });
      await openEditor(opened());
      await retype(opened(), 'prot: rw', 'prot: rq');
      await page.locator('.editor-status .bad').waitFor();
      expect(await brokenRules(opened())).toEqual([]);
    },
  );
});
