import type { StepResult, TlbPages } from '@ptelab/scenario';
import { counted, pageRange } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';

const WHEN: Readonly<Record<TlbPages['when'], string>> = {
  call: 'after the call',
  fault: 'after a fault',
  fill: 'when loaded',
  free: 'when its frame was freed',
  store: 'when stored',
};

function pagesText({ kind, child, at, pages, when, cached, mapped }: TlbPages): string {
  const whose = child === undefined ? '' : ` of ${child}`;
  const where = `pages ${pageRange(at, pages)}${whose}`;
  if (kind === 'ContigWindow') return `${kind} ${where} ${WHEN[when]}`;
  return `${kind} ${where} ${WHEN[when]}: TLB ${cached}, table ${mapped}`;
}

/** One line for each violation of a step. */
export function violationTexts({ violations = [] }: StepResult): string[] {
  return violations.map(pagesText);
}

/** Writes what the TLB held against the page tables, if it held anything. */
export function writeViolations(page: Page, step: StepResult): void {
  const { contigWindows = [], spuriousFaultRisks = 0, toleratedOverlaps = 0 } = step;
  const violations = violationTexts(step);
  const legal = contigWindows.map(pagesText);
  if (spuriousFaultRisks > 0) {
    legal.push(`${counted(spuriousFaultRisks, 'page')} at risk of a spurious fault`);
  }
  if (toleratedOverlaps > 0) legal.push(`${counted(toleratedOverlaps, 'overlap')} tolerated`);
  if (violations.length + legal.length === 0) return;
  page.heading(`Step ${step.step + 1}: the TLB after ${step.op}`, 2);
  page.lines(violations, 'bad');
  page.lines(legal, 'quiet');
}
