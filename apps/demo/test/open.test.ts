import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '@ptelab/presets/chromium';
import { brokenRules, counterOf, openPage, type OpenedPage } from './opened-page.fixture.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RECORDING = 'recordings/arm64-7.3-a72.ndjson.gz';

/** Drops a file of the repository on the page. */
async function drop({ page }: OpenedPage, path: string): Promise<void> {
  const bytes = [...readFileSync(join(ROOT, path))];
  const name = path.slice(path.lastIndexOf('/') + 1);
  await page.evaluate(`{
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], ${JSON.stringify(name)}));
    for (const type of ['dragover', 'drop']) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data });
      document.body.dispatchEvent(event);
    }
  }`);
}

describe.skipIf(!hasBrowser())('opening files', () => {
  const opened = openPage();

  it('shows a recording that is dropped, on the machine that it was made on, and links to it', async () => {
    const { page, browser } = opened();
    await drop(opened(), RECORDING);
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.getByRole('heading').innerText()).toMatch(/^Which of \d+ recordings\?$/);
    await dialog.getByRole('searchbox').fill('cortex-a72 2 mprotect');
    await page.keyboard.press('Enter');
    await page.getByText(/, recorded on arm64 7\.3/).waitFor();
    await page.getByLabel('Page table of arm64 7.3').waitFor();
    expect((await counterOf(opened(), 'batches')).length).toBe(1);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText(/^(Copied|Look in the address bar)$/).waitFor();
    const other = await browser.newPage();
    await other.goto(page.url());
    await other.getByText(/, recorded on arm64 7\.3/).waitFor();
    await other.close();
  });

  it('makes a story of a call of a real program', async () => {
    const { page } = opened();
    await page
      .getByLabel('File to open')
      .setInputFiles(join(ROOT, 'traces/java-hashmap.strace.gz'));
    await page.getByRole('dialog').getByRole('button').first().click();
    await page
      .getByText(/ become (?:rw|r|none).*line \d+/)
      .first()
      .waitFor();
    await page.getByTestId('raw').waitFor();
    expect(await page.getByLabel(/^Page table of arm64 6\.1[67]$/).count()).toBe(2);
  });

  it('makes a page table of the memory of a process', async () => {
    const { page } = opened();
    const snapshot = join(ROOT, 'packages/kernel/test/snapshots/java.parquet');
    await page.getByLabel('File to open').setInputFiles(snapshot);
    await page.getByRole('dialog').getByRole('button').first().click();
    await page.getByText(/^java: \d+ pages at 0x/).waitFor();
    const [before = '', after = ''] = await counterOf(opened(), 'batches');
    expect(Number(after)).toBeLessThanOrEqual(Number(before));
  });

  it('takes a scenario, and text that is pasted where none is written', async () => {
    const { page } = opened();
    await page.getByLabel('File to open').setInputFiles(join(ROOT, 'scenarios/basics/hole.yaml'));
    await page.getByRole('heading', { name: /hole/i }).waitFor();
    await page.evaluate(`{
      const data = new DataTransfer();
      data.setData('text/plain', 'scenario pasted\\nmmap 0 32 rw anon\\nw 0 32\\nmprotect 0 32 r\\nend\\n');
      const event = new ClipboardEvent('paste', { bubbles: true, clipboardData: data });
      document.body.dispatchEvent(event);
    }`);
    await page.getByRole('heading', { name: 'pasted' }).waitFor();
    expect(await page.getByText('From pasted text.').count()).toBe(1);
  });

  it('shows where to drop while a file is over the page', async () => {
    const { page } = opened();
    const dragged = (type: string): Promise<unknown> =>
      page.evaluate(`{
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'x'));
        document.body.dispatchEvent(new DragEvent('${type}', { bubbles: true, dataTransfer: data }));
      }`);
    await dragged('dragover');
    const here = page.getByText(
      'Drop a scenario, a recording, a process snapshot or an strace log',
    );
    await here.waitFor();
    await dragged('dragleave');
    await here.waitFor({ state: 'detached' });
  });

  it('lets another file take the place of one that is being chosen from', async () => {
    const { page } = opened();
    await drop(opened(), RECORDING);
    await page.getByRole('dialog').waitFor();
    await drop(opened(), 'scenarios/basics/hole.yaml');
    await page.getByRole('heading', { name: /hole/i }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('says so when what is dropped can not be read, as a folder', async () => {
    const { page } = opened();
    await page.evaluate(`{
      const file = new File(['x'], 'folder');
      file.arrayBuffer = () => Promise.reject(new DOMException('not found', 'NotFoundError'));
      const event = new Event('drop', { bubbles: true, cancelable: true });
      Object.assign(event, { dataTransfer: { files: [file], types: ['Files'] } });
      document.body.dispatchEvent(event);
    }`);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toBe(
      'folder: expected a file, found what can not be read',
    );
  });

  it('says in a line why a file can not be shown, and shows what it showed', async () => {
    const { page } = opened();
    await page.getByLabel('File to open').setInputFiles({
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('nothing that anyone knows\n'),
    });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/^notes\.txt: expected [^\n]+$/);
    expect(await counterOf(opened(), 'batches')).toEqual(['64', '4']);
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility: %s',
    async (colorScheme) => {
      const { page } = opened();
      await page.emulateMedia({ colorScheme });
      await drop(opened(), RECORDING);
      await page.getByRole('dialog').waitFor();
      expect(await brokenRules(opened())).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  );
});
