// Takes the pictures of the page that README.md shows: node tools/screenshot.mjs, after a build of the demo.
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '@ptelab/presets/chromium';
import { serve } from '@ptelab/presets/serve';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = `${root}apps/demo/dist/web`;
const images = `${root}docs/images`;

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
} finally {
  await browser.close();
  served.close();
}
