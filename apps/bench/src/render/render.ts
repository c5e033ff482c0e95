import { startPage, type RenderOptions } from '@ptelab/report';
import type { Comparison } from '../result/baseline.ts';
import type { BenchResult } from '../result/result.ts';
import { addComparison } from './comparison.ts';
import { environmentText } from './environment.ts';
import { addGrowth } from './growth.ts';
import { addKernel } from './kernel.ts';
import { addPage } from './page.ts';
import { addPaper } from './paper.ts';
import { addSpeed } from './speed.ts';

/** A result beside an earlier one. */
export interface Against {
  readonly comparison: Comparison;
  /** Name of the baseline. */
  readonly source: string;
}

/** Writes a result as text for a terminal, or as Markdown. */
export function renderResult(
  result: BenchResult,
  against: Against | null,
  options: RenderOptions,
): string {
  const { environment, suites, leftOut } = result;
  const page = startPage(options);
  page.heading('ptelab bench', 1);
  const seconds = result.seconds.toFixed(0);
  page.paragraph(`${environmentText(environment)} ${result.startedAt}, ${seconds} s.`);
  if (suites.paper !== undefined) addPaper(page, suites.paper);
  if (suites.kernel !== undefined) addKernel(page, suites.kernel, environment);
  if (suites.speed !== undefined) addSpeed(page, suites.speed);
  if (suites.growth !== undefined) addGrowth(page, suites.growth);
  if (suites.page !== undefined) addPage(page, suites.page);
  if (against !== null) addComparison(page, against.comparison, against.source);
  page.lines(
    leftOut.map(({ what, reason }) => `left out: ${what}: ${reason}`),
    'bad',
  );
  return page.toString();
}
