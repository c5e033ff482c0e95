import { COST_PARTS, costOfRun, findCostMachine, type CostMachine } from '@ptelab/cost';
import { opLinesOfScenario, type Scenario } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { renderHtml, type Comparison, type Provenance } from '../src/index.ts';
import { lacking, partial, run } from './runs.fixture.ts';

const M3 = findCostMachine('apple-m3')!;
const HOSTILE = `<script>alert("1")</script>&'<img src=x onerror=y>`;

const PROVENANCE: Provenance = {
  version: '9.8.7',
  command: 'ptelab compare partial.yaml --html out.html',
  strategies: [{ name: 'merged', summary: 'Batches.', source: 'mm/mprotect.c of 6.17' }],
  costs: [],
};

/** A scenario on arm64 6.16 and 6.17, with page tables. */
function compared(scenario: Scenario, machine: CostMachine | null = null): Comparison {
  const runs = [
    run(scenario, 'arm64', '6.16', { maps: 4096 }),
    run(scenario, 'arm64', '6.17', { maps: 4096 }),
  ];
  return {
    source: 'partial.yaml',
    description: scenario.description,
    ops: opLinesOfScenario(scenario),
    runs,
    ...(machine === null ? {} : { costs: runs.map((each) => costOfRun(each, machine)) }),
  };
}

/** The part of a page that is about a step of the first scenario, counted from 1. */
function stepOf(html: string, step: number): string {
  const from = html.indexOf(`<section id="scenario-1-step-${step}"`);
  const next = html.slice(from + 1).search(/<section id="/);
  return html.slice(from, from + 1 + next);
}

/** The map of page tables with this heading, up to the next map. */
function panelOf(html: string, heading: string): string {
  return html.split('<div class="panel">').find((panel) => panel.includes(`>${heading}</h`)) ?? '';
}

function count(html: string, pattern: RegExp): number {
  return [...html.matchAll(pattern)].length;
}

/** Everything that a browser might fetch or run. */
function expectAlone(html: string): void {
  const tags = [...html.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag!.toLowerCase());
  for (const tag of ['script', 'img', 'iframe', 'object', 'embed', 'video', 'audio', 'base']) {
    expect(tags).not.toContain(tag);
  }
  expect(html).not.toMatch(/<[^>]*\son\w+=/);
  expect(html).not.toMatch(/@import|url\(|javascript:/);
  const addresses = [...html.matchAll(/<[^>]*\s(?:src|href|srcset|action|data)="([^"]*)"/g)];
  expect(addresses.length).toBeGreaterThan(0);
  for (const [, address] of addresses) expect(address).toMatch(/^(#.*|data:,)$/);
}

describe('renderHtml', () => {
  const page = renderHtml([compared(partial)], PROVENANCE);
  const priced = renderHtml([compared(partial, M3)], { ...PROVENANCE, costs: [M3] });

  it('is one whole page that loads and runs nothing, and says so to the browser', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toMatch(/<\/html>\n$/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    for (const each of [page, priced]) expectAlone(each);
  });

  it('is the same text for the same runs', () => {
    expect(renderHtml([compared(partial)], PROVENANCE)).toBe(page);
  });

  it('escapes every text that it is given', () => {
    const scenario = { ...partial, name: HOSTILE, title: HOSTILE, description: HOSTILE };
    const machine: CostMachine = { ...M3, id: HOSTILE, title: HOSTILE, note: HOSTILE };
    const comparison = compared(scenario, machine);
    const html = renderHtml(
      [
        { ...comparison, source: HOSTILE, ops: comparison.ops.map(() => HOSTILE) },
        compared({ ...lacking, name: HOSTILE }),
      ],
      {
        version: HOSTILE,
        command: HOSTILE,
        strategies: [{ name: HOSTILE, summary: HOSTILE, source: HOSTILE }],
        costs: [machine],
      },
    );
    expectAlone(html);
    expect(count(html, /&lt;script>alert\(/g)).toBeGreaterThan(10);
  });

  it('names scenario, machines and operations', () => {
    expect(page).toContain('<title>partial: Half of two folios - ptelab</title>');
    expect(page).toContain('<li>arm64 6.16 per-pte</li><li>arm64 6.17 merged</li>');
    for (const op of opLinesOfScenario(partial)) expect(page).toContain(`<code>${op}</code>`);
    for (const step of [4, 5, 6]) {
      expect(page).toContain(`href="#scenario-1-step-${step}"`);
      expect(page).toContain(`id="scenario-1-step-${step}"`);
    }
  });

  it('has a list of contents for several scenarios', () => {
    const html = renderHtml([compared(partial), compared(partial)], PROVENANCE);
    expect(html).toContain('<title>2 scenarios compared - ptelab</title>');
    for (const number of [1, 2]) expect(html).toContain(`<a href="#scenario-${number}">`);
  });

  it('says what differs, in a sentence', () => {
    expect(stepOf(page, 4)).toMatch(
      /<b>arm64 6\.17 merged<\/b> against arm64 6\.16 per-pte: batches 16 → 2/,
    );
  });

  it('shows counters as bars, the largest of a row whole', () => {
    const [row = ''] = /<tr data-counter="batches">.*?<\/tr>/.exec(stepOf(page, 4)) ?? [];
    expect(row).toContain('>16<');
    expect(row).toContain('≠');
    expect(row.match(/<rect width="[\d.]+%"/g)).toEqual([
      '<rect width="100%"',
      '<rect width="12.5%"',
    ]);
  });

  /*
   * page  0        8        16       24       32
   *       |    64K folio    |    64K folio    |
   *                |    mprotect     |
   */
  it('draws page tables before and after, with batches where they were', () => {
    const step = stepOf(page, 4);
    const before = panelOf(step, 'arm64 before');
    expect(before).toContain('the same on 2 machines');
    expect(count(before, /class="page"/g)).toBe(32);
    expect(count(before, /class="block valid"/g)).toBe(2);
    expect(count(before, /class="cell [^"]*changed/g)).toBe(0);
    expect(before).not.toContain('strip batch');
    for (const machine of ['arm64 6.16 per-pte', 'arm64 6.17 merged']) {
      const after = panelOf(step, `${machine} after`);
      expect(count(after, /class="page"/g)).toBe(32);
      expect(count(after, /class="block valid"/g)).toBe(0);
    }
    const starts = (machine: string): number =>
      count(panelOf(step, `${machine} after`), /class="strip batch s\b/g);
    expect([starts('arm64 6.16 per-pte'), starts('arm64 6.17 merged')]).toEqual([16, 2]);
    expect(count(panelOf(step, 'arm64 6.17 merged after'), /class="strip flush/g)).toBeGreaterThan(
      0,
    );
  });

  it('draws no page tables of runs without', () => {
    const runs = [run(partial, 'arm64', '6.16'), run(partial, 'arm64', '6.17')];
    const html = renderHtml([{ ...compared(partial), runs }], PROVENANCE);
    expect(html).not.toContain('>Page tables</h');
    expect(html).toContain('data-counter="batches"');
  });

  it('says where a run ended early', () => {
    const html = renderHtml([compared(lacking)], PROVENANCE);
    expect(html).toContain('arm64 6.17 merged ended before step 3: the model lacks sysw');
  });

  it('breaks times down, and names the machine', () => {
    expect(page).not.toContain('Predicted time');
    const step = stepOf(priced, 4);
    expect(step).toMatch(/<b>arm64 6\.16 per-pte<\/b> on apple-m3: [\d.]+ µs <small>\([\d.]+ to /);
    expect(step).toContain('data-counter="predicted time"');
    const parts = costOfRun(compared(partial).runs[0]!, M3)[0]!.cost.parts;
    expect(parts.length).toBeGreaterThan(3);
    for (const { name, ns } of parts) {
      if (ns.high > 0)
        expect(step).toContain(`chip part-${COST_PARTS.indexOf(name)}"></i> ${name}`);
    }
  });

  it('says where its figures come from', () => {
    const provenance = priced.slice(priced.indexOf('id="provenance"'));
    for (const text of [
      'ptelab 9.8.7',
      'ptelab compare partial.yaml --html out.html',
      'mm/mprotect.c of 6.17',
      'Prices of Apple M3, performance core',
      'fitted: cover letter v5: T3 before',
    ]) {
      expect(provenance).toContain(text);
    }
    expect(page.slice(page.indexOf('id="provenance"'))).not.toContain('Prices of');
  });
});
