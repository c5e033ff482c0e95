import type { ConformCounts, VerifyDifference, VerifySummary } from '@ptelab/kernel';
import { counted } from '../text/numbers.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';

/** What was compared, by kind. */
const KINDS: readonly (readonly [string, keyof ConformCounts])[] = [
  ['raw entries', 'ptes'],
  ['PageAnonExclusive flags', 'paeFlags'],
  ['values of pagemap', 'pagemap'],
  ['values of kpageflags', 'kpageflags'],
  ['mapcounts', 'mapcounts'],
  ['fault vectors', 'faultVectors'],
  ['totals of minor faults', 'minflt'],
  ['VMAs', 'vmas'],
  ['figures of smaps', 'smaps'],
  ['TLB flush traces and totals', 'counters'],
];

/** Most differences that are listed of one story. */
const MOST_LISTED = 5;

function renderDifference(page: Page, { name, lines, mismatches }: VerifyDifference): void {
  page.heading(`${name} differs`, 2);
  page.code([`scenario ${name}`, ...lines].join('\n'), 'text');
  page.lines(
    mismatches
      .slice(0, MOST_LISTED)
      .flatMap(({ op, what, expected, found }) => [
        `${op}: ${what}: the kernel has ${expected}, the model ${found}`,
      ]),
    'bad',
  );
  const left = mismatches.length - MOST_LISTED;
  if (left > 0) page.lines([`and ${left} more`], 'quiet');
}

function listed(page: Page, title: string, counts: Readonly<Record<string, number>>): void {
  const entries = Object.entries(counts);
  if (entries.length === 0) return;
  page.heading(title, 2);
  page.table({
    columns: [{ title: 'times', align: 'right' }, { title: 'what' }],
    rows: entries.map(([what, nr]) => [String(nr), what]),
  });
}

function verdict({ differences, unfinished }: VerifySummary): string {
  const differ =
    differences.length === 0
      ? 'nothing differs'
      : `${counted(differences.length, 'scenario')} differ`;
  if (unfinished.length === 0) return differ;
  return `${differ}; ${counted(unfinished.length, 'scenario')} did not end`;
}

/** Writes what the running kernel and the model were compared on, and where they differ. */
export function renderVerify(summary: VerifySummary, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  const { kernel, machine, seed, stories, recordings, differences, unfinished } = summary;
  page.heading(`Linux ${kernel} against the model of ${machine.kernel} ${machine.arch}`, 1);
  const made = seed === null ? '' : `, ${stories} of them made up from seed ${seed}`;
  page.lines([`${counted(recordings, 'scenario')}${made}; ${counted(summary.steps, 'step')}`]);
  page.table({
    columns: [{ title: 'compared', align: 'right' }, { title: 'what' }],
    rows: KINDS.map(([what, key]) => [String(summary[key]), what]),
  });
  listed(page, 'Steps skipped because the model lacks it', summary.lacks);
  listed(page, 'Taken from the kernel because no story can say it', summary.inputs);
  for (const difference of differences) renderDifference(page, difference);
  page.lines(
    unfinished.map(({ name, message }) => `${name} is not compared: ${message}`),
    'bad',
  );
  page.lines([verdict(summary)], differences.length + unfinished.length === 0 ? 'good' : 'bad');
  return page.toString();
}
