import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { chromium } from 'playwright-core';

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

function findChromium() {
  const named = process.env.CHROMIUM ?? '';
  if (named !== '') return named;
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

export function hasBrowser() {
  if (process.env.PTELAB_NO_BROWSER === '1') return false;
  if (findChromium() !== null || process.env.CI === 'true') return true;
  console.warn('chromium not found: no page is tested in a browser (set CHROMIUM to name one)');
  return false;
}

export async function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('chromium not found: install it or set CHROMIUM');
  return chromium.launch({ executablePath, args: ARGS });
}
