import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function findChromium(): string | null {
  const named = process.env.CHROMIUM ?? '';
  if (named !== '') return named;
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/**
 * False where there is no browser to test in. Only a person's machine may do without one: in CI the
 * tests then run and fail.
 */
export function hasBrowser(): boolean {
  if (process.env.PTELAB_NO_BROWSER === '1') return false;
  if (findChromium() !== null || process.env.CI === 'true') return true;
  console.warn(
    'chromium not found: the page is not tested in a browser (set CHROMIUM to name one)',
  );
  return false;
}

/** Starts the installed Chromium: the one named in CHROMIUM, or the first in PATH. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('chromium not found: install it or set CHROMIUM');
  return chromium.launch({ executablePath, args: ARGS });
}
