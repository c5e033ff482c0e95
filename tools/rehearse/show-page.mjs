import { hasBrowser, launchChromium } from '@ptelab/presets/chromium';
import { serve } from '@ptelab/presets/serve';

/**
 * Opens a folder's index.html in Chromium.
 *
 * @param {string} folder
 * @returns {Promise<string | null>} the text of its `pre` once there is some; null without a browser.
 * @throws Error if a script of the page does.
 */
export async function showPage(folder) {
  if (!hasBrowser()) return null;
  const [site, browser] = await Promise.all([serve(folder), launchChromium()]);
  try {
    const page = await browser.newPage();
    const failed = new Promise((_, reject) => {
      page.on('pageerror', reject);
    });
    const shown = page.goto(site.url).then(() => page.waitForSelector('pre:not(:empty)'));
    const text = shown.then((element) => element.textContent());
    return await Promise.race([text, failed]);
  } finally {
    await browser.close();
    site.close();
  }
}
