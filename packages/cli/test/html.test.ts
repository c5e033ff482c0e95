import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ptelab } from './ptelab.fixture.ts';

const BROWSER_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Against hanging only, in milliseconds. */
const HANGING = 120_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCENARIO = 'scenarios/cover-letter/t2-64k.yaml';

function findChromium(): string | null {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

const executablePath = findChromium();

// A browser is asked for where everything is installed; elsewhere the page goes unseen.
describe.skipIf(executablePath === null && process.env.CI === undefined)('compare --html', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ptelab-html-'));
  const file = join(folder, 'report.html');
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (executablePath === null) throw new Error('chromium is not installed');
    const flags = ['--arch', 'arm64,x86-64', '--kernel', '6.16,6.17', '--html', file];
    await ptelab(['compare', SCENARIO, ...flags]);
    browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
  }, HANGING);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('is one page that asks for nothing and complains of nothing', async () => {
    expect(await page.title()).toContain('t2-64k');
    expect(complaints).toEqual([]);
  });

  it('shows maps of page tables and names every machine', async () => {
    expect(await page.locator('svg').count()).toBeGreaterThanOrEqual(8);
    const text = await page.locator('body').innerText();
    for (const word of ['arm64', 'x86-64', '6.16', '6.17', 'per-pte', 'merged']) {
      expect(text).toContain(word);
    }
  });

  it.each(['light', 'dark'] as const)('is accessible in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(AXE);
    const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  });

  it('fits the width of a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
