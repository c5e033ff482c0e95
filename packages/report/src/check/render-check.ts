import { counted } from '../text/numbers.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import { writeCounterExample } from './counter-example.ts';
import type { BrokenRule, CheckVerdict } from './verdict.ts';

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function units(count: number, unit: string): string {
  return `${grouped(count)} ${count === 1 ? unit : unit.replace(/y$/, 'ie')}${count === 1 ? '' : 's'}`;
}

function writeRemarks(page: Page, remarks: readonly BrokenRule[]): void {
  if (remarks.length === 0) return;
  page.heading('Remarks: rules of quality that it does not keep', 2);
  page.lines(
    remarks.flatMap(({ invariant, text, machine: { arch, kernel }, where }) => [
      `${invariant}: ${text}`,
      `  first on ${arch} ${kernel}: ${where}`,
    ]),
  );
}

/** Writes what a strategy was judged on and what came out: covered, or refuted and by what. */
export function renderCheck(verdict: CheckVerdict, options: RenderOptions = {}): string {
  const { strategy, machines, scope, unit, states, exhaustive, counterExample } = verdict;
  const page = new Page(settings(options));
  const on = machines.map(({ arch, kernel }) => `${arch} ${kernel}`).join(', ');
  page.heading(`${strategy} on ${on}`, 1);
  if (counterExample === null) {
    const covered = exhaustive ? `all of ${scope[0] ?? ''}` : (scope[0] ?? '');
    page.lines([`0 violations in ${units(states, unit)}: ${covered}`], 'good');
  } else {
    const after = `after ${units(states, unit)} of ${scope[0] ?? ''}`;
    page.lines([`refuted ${after}: ${counted(1, 'violation')}`], 'bad');
  }
  page.lines(scope.slice(1).map((line) => `  ${line}`));
  if (counterExample !== null) writeCounterExample(page, strategy, counterExample);
  writeRemarks(page, verdict.remarks);
  return page.toString();
}
