import { PLAIN_STYLE } from '@ptelab/report';
import { expect, it } from 'vitest';
import { compareResults } from '../result/baseline.ts';
import { ENVIRONMENT, RESULT, slowedDown } from '../result/result.fixture.ts';
import { renderPlots } from './plots.ts';
import { renderResult, type Against } from './render.ts';

const TEXT = { style: PLAIN_STYLE, width: 100 };
const AGAINST: Against = {
  comparison: compareResults(RESULT, slowedDown(2)),
  source: 'before.json',
};
const text = renderResult(RESULT, AGAINST, TEXT);
const markdown = renderResult(RESULT, AGAINST, { format: 'markdown' });

it.each([
  'Test CPU, 4 CPUs, 8.0 GiB, Linux 7.3.0, Node v20.19.0. Load 0.10 before the run, 1.00 after it.',
  'T1: 50.0 % of the pages are in folios of the wanted size: NOT THE LAYOUT IT IS NAMED AFTER, 2048 KiB',
  'On the kernel, RO and RW of T1 differ more than 4 times. Something beside the kernel',
  'T1: 4 GiB takes over 1024 MiB; at 40.0 bytes per page it needs some 40.0 MiB; larger sizes',
  'First paint from a local server with an empty cache: 120 (108 .. 132) ms, of 9.',
  'left out: kernel T2: no folios of 64 kB',
])('says: %s', (sentence) => {
  expect(text.replaceAll(/\s+/g, ' ')).toContain(sentence);
  expect(markdown.replaceAll(/\s+/g, ' ')).toContain(sentence);
});

it.each([
  ['T2', '6.17', '1.00', '0.900 .. 1.10', '1.54', '1.00', '0.900 .. 1.10', '2.25'],
  ['T1', 'RO', 'plain', '4.00 (3.60 .. 4.40)', '2.00 (1.80 .. 2.20)', '0.500', 'no'],
  ['T1', 'RO', 'shared', '4.00 (3.60 .. 4.40)', '0.020 (0.018 .. 0.022)', '0.0050', 'yes'],
  ['4', '64', '2.00 / 3.00', '25.0'],
  ['arm64 merged', 'mixed', '404 / 400', '1.01 (1.00 .. 1.02)', '12.0 / 10.0'],
  ['1 GiB', '400', '0.786', '300'],
  ['4 GiB', 'does not fit'],
  ['zoom', '59.9', '17.1', 'yes'],
  ['step', '41.0', '33.0', 'no'],
  ['speed arm64 merged order 4 plain counting RO', 'ns/PTE', '2.00', '4.00', '2.00'],
])('has a row %s %s %s', (...cells) => {
  expect(markdown).toContain(`| ${cells.join(' | ')} |`.replace(/ \|$/, ''));
  const line = text.split('\n').find((each) => cells.every((cell) => each.includes(cell)));
  expect(line).toBeDefined();
});

it('keeps text within its width, tables aside', () => {
  const prose = text.split('\n').filter((line) => !/ {2}|only in|growth |left out|T1:/.test(line));
  expect(prose.filter((line) => line.length > 100)).toEqual([]);
});

it('has nothing to say of suites that did not run', () => {
  const empty = renderResult({ ...RESULT, suites: {}, leftOut: [] }, null, TEXT);
  expect(empty.startsWith('ptelab bench\n')).toBe(true);
  expect(empty).not.toContain('NaN');
  expect(empty).not.toContain('T1:');
});

it('calls the hypervisor by its name on a virtual machine', () => {
  const environment = { ...ENVIRONMENT, virtual: true };
  expect(renderResult({ ...RESULT, environment }, null, TEXT)).toContain('The hypervisor');
});

it('never writes what is no number', () => {
  expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
  expect(markdown).not.toMatch(/NaN|undefined|Infinity|null/);
});

it('draws every suite', () => {
  const plots = renderPlots(RESULT);
  expect([...plots.keys()]).toEqual([
    'paper.svg',
    'kernel.svg',
    'speed-arm64.svg',
    'growth-arm64.svg',
    'page.svg',
  ]);
  for (const svg of plots.values()) {
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
  expect(renderPlots({ ...RESULT, suites: {} }).size).toBe(0);
});
