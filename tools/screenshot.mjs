// Takes the pictures of the page that README.md and docs/ show: node tools/screenshot.mjs, after a build of
// the demo. Page tables are what the page itself exports.
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '@ptelab/presets/chromium';
import { serve } from '@ptelab/presets/serve';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = `${root}apps/demo/dist/web`;
const images = `${root}docs/images`;

/** Pictures of ideas, by what of the gallery shows them. */
const PICTURES = {
  folio: 'mixed',
  contpte: 'erosion',
  batching: 'sub-batches',
  'page-anon-exclusive': 'fork',
};

if (!existsSync(`${built}/index.html`)) {
  console.error('screenshot: the page is not built: run `pnpm --filter demo run build`');
  process.exit(3);
}
mkdirSync(images, { recursive: true });
const served = await serve(built);
const browser = await launchChromium();
try {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme });
    await page.goto(served.url);
    await page.getByTestId('batch-end').waitFor();
    const path = `${images}/page-${colorScheme}.png`;
    await page.screenshot({ path });
    console.log(path.slice(root.length));
    await page.close();
  }
  const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
  await page.goto(served.url);
  for (const [name, exhibit] of Object.entries(PICTURES)) {
    await page.getByRole('combobox', { name: 'Gallery' }).selectOption(exhibit);
    await page.locator('main[aria-busy="false"]').waitFor();
    await page.getByText('Export', { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^SVG:/ }).click(),
    ]);
    await download.saveAs(`${images}/${name}.svg`);
    console.log(`docs/images/${name}.svg`);
  }
} finally {
  await browser.close();
  served.close();
}
