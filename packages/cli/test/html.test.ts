import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasBrowser, launchChromium } from '@ptelab/presets/chromium';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file, ptelab } from './ptelab.fixture.ts';

/*
 * A fork whose child has ended leaves no page exclusive; writes make some so again. Of the first folio
 * that is 0101 1110 0100 0000: what e_64k_exit_parent_writes records as commits of 1 1 1 1 3 2 1 6.
 */
const SUB_BATCHES = `name: sub-batches
title: Pages that a fork left shared <and> written again
steps:
  - thp: { kb: 64, enabled: always }
  - mmap: { at: 0, pages: 64, prot: rw, kind: anon }
  - write: { at: 0, pages: 64 }
  - fork: { id: k1 }
  - child: { id: k1, does: exit }
  - write: { at: 1, pages: 1 }
  - write: { at: 3, pages: 1 }
  - write: { at: 4, pages: 3 }
  - write: { at: 9, pages: 1 }
  - mprotect: { at: 0, pages: 64, prot: r }
  - mprotect: { at: 0, pages: 64, prot: rw }
`;

const report = file('report.html', 'an old report');

/** Elements whose text is cut off. */
const CLIPPED = `[...document.querySelectorAll('body *')].filter((element) => {
  const { overflowX } = getComputedStyle(element);
  return ['hidden', 'clip'].includes(overflowX) && element.checkVisibility() &&
    (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
}).map((element) => element.className + ': ' + element.textContent)`;

describe('compare --html', () => {
  beforeAll(async () => {
    const args = [
      'compare',
      'scenarios/cover-letter/t2-64k.yaml',
      file('sub-batches.yaml', SUB_BATCHES),
      'scenarios/basics/partial-range.yaml',
    ];
    const { code, stderr } = await ptelab([...args, '--cost', 'apple-m3,zen3', '--html', report]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `ptelab: report written to ${report}\n` });
  }, 180_000);

  it('writes one whole file, in place of the old one, and leaves nothing else', () => {
    const html = readFileSync(report, 'utf8');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toMatch(/<\/html>\n$/);
    expect(readdirSync(dirname(report)).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('loads nothing, runs nothing, escapes everything', () => {
    const html = readFileSync(report, 'utf8');
    expect(html).not.toMatch(/<script|<img|<iframe|@import|url\(|\son\w+=/);
    expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url)).toSatisfy(
      (urls: string[]) => urls.every((url) => url === 'data:,' || url.startsWith('#')),
    );
    expect(html).toContain('left shared &lt;and> written again');
  });

  describe.skipIf(!hasBrowser())('in a browser', () => {
    let browser: Browser | undefined;
    const opened: { page: Page; problems: string[]; requests: string[] }[] = [];

    const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser!.newContext({
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      const seen = { page, problems: [] as string[], requests: [] as string[] };
      opened.push(seen);
      page.on('console', (message) => seen.problems.push(message.text()));
      page.on('pageerror', (error) => seen.problems.push(error.message));
      page.on('request', (request) => seen.requests.push(request.url()));
      await page.goto(`file://${report}`);
      return page;
    };
    const counter = (page: Page, step: string, name: string): Promise<string[]> =>
      page.locator(`#${step} [data-counter="${name}"] td`).allInnerTexts();
    const texts = async (page: Page, selector: string): Promise<string[]> =>
      (await page.locator(selector).allTextContents()).map((text) => text.trim());

    beforeAll(async () => {
      browser = await launchChromium();
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
    });

    it('shows what the command printed, and asks for nothing', async () => {
      const page = await open();
      expect(await page.title()).toBe('3 scenarios compared - ptelab');
      const reads = await counter(page, 'scenario-1-step-4', 'rawReads');
      expect(reads.map((text) => text.replaceAll(/\s+/g, ''))).toEqual([
        '20,480',
        '≠768÷26.7',
        '4,096',
        '4,096',
      ]);
      expect(await page.locator('#scenario-1-step-4 .lead li').count()).toBe(2);
      expect(await page.locator('#scenario-1-step-4 .stack').count()).toBe(4);
      const { problems, requests } = opened.find((seen) => seen.page === page)!;
      expect(problems).toEqual([]);
      expect(requests.filter((url) => url !== 'data:,')).toEqual([`file://${report}`]);
    });

    it('draws 256 blocks that are alike once', async () => {
      const page = await open();
      const panel = '#scenario-1-step-4 .panel:has-text("arm64 6.17 merged after")';
      expect(await page.locator(`${panel} .cell`).count()).toBe(16);
      expect(await texts(page, `${panel} .repeat p`)).toEqual([
        'pages 0..4095: 256 × 16 alike but for their frames, the first of them:',
      ]);
      expect(await page.locator(`${panel} .block.valid`).count()).toBe(1);
      expect(await page.locator(`${panel} .batch.s`).count()).toBe(1);
      const one = '#scenario-1-step-4 .panel:has-text("arm64 6.16 per-pte after")';
      expect(await page.locator(`${one} .batch.s.e`).count()).toBe(16);
    });

    it('draws commits under their batch where pages differ in PageAnonExclusive', async () => {
      const page = await open();
      const panel = '#scenario-2-step-11 .panel:has-text("arm64 6.17 merged after")';
      const row = `${panel} .row >> nth=0`;
      expect(await page.locator(`${row} >> .cell`).count()).toBe(16);
      expect(await page.locator(`${row} >> .batch.s`).count()).toBe(1);
      expect(await page.locator(`${row} >> .commit.s`).count()).toBe(7);
      const exclusive = await page.locator(`${row} >> .cell code`).allTextContents();
      expect(exclusive.map((text) => (text.includes('E') ? '1' : '0')).join('')).toBe(
        '0101111001000000',
      );
      const written = exclusive.map((text) => text.includes('W') && text.includes('E'));
      expect(written.filter(Boolean)).toHaveLength(6);
    });

    it('draws whole blocks around a range that ends inside them', async () => {
      const page = await open();
      const panels = '#scenario-3-step-4 .panel';
      const before = `${panels}:has-text("arm64 before")`;
      const after = `${panels}:has-text("arm64 6.17 merged after")`;
      expect(await page.locator(`${before} .block.valid`).count()).toBe(2);
      expect(await page.locator(`${after} .block.valid`).count()).toBe(0);
      const cells = (await texts(page, `${after} .cell`)).map((text) => text.slice(0, 2));
      const folios = ['A', 'B'].flatMap((letter) => Array<string>(8).fill(letter));
      expect(cells.slice(8, 24)).toEqual(folios.map((letter) => `${letter}·`));
      expect([...cells.slice(0, 8), ...cells.slice(24)]).toEqual(
        folios.map((letter) => `${letter}W`),
      );
      expect(await page.locator(`${after} .batch.s`).count()).toBe(2);
      expect(await page.locator(`${after} .cell u`).count()).toBe(16);
    });

    it.each(['light', 'dark'] as const)('is accessible on %s ground', async (colorScheme) => {
      // The page's own policy keeps scripts out, those of the test too.
      const page = await open({ colorScheme, bypassCSP: true });
      await page.evaluate(
        'for (const each of document.querySelectorAll("details")) each.open = true',
      );
      await page.evaluate(axe.source);
      // What passes is only counted: to describe it, too, takes longer than all the checks.
      const found = await page.evaluate<{ violations: axe.Result[] }>(
        'axe.run({ resultTypes: ["violations"] })',
      );
      const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
      expect(told).toEqual([]);
    });

    it.each([320, 390, 1280])('fits %i pixels, no text cut off', async (width) => {
      const page = await open({ viewport: { width, height: 800 } });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(CLIPPED)).toEqual([]);
    });

    it('can be read with the keyboard alone', async () => {
      const page = await open({ viewport: { width: 390, height: 800 } });
      await page.locator('#scenario-3-step-4 summary').first().focus();
      await page.keyboard.press('Enter');
      const entries = page.locator('#scenario-3-step-4 .entries').first();
      expect(await entries.isVisible()).toBe(true);
      expect(await entries.locator('tbody tr').count()).toBe(1);
    });
  });
});
