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

function findChromium(): string {
  const named = process.env.CHROMIUM ?? '';
  if (named !== '') return named;
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error(
      'chromium not found: install it, name it in CHROMIUM, or set PTELAB_NO_BROWSER=1',
    );
  }
}

/** Starts the installed Chromium: the one named in CHROMIUM, or the first in PATH. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGS });
}
