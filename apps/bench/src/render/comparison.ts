import type { Page, Tone } from '@ptelab/report';
import type { Comparison, Verdict } from '../result/baseline.ts';
import { short } from './numbers.ts';

const TONES: Readonly<Record<Verdict, Tone>> = {
  better: 'good',
  worse: 'bad',
  'within noise': 'quiet',
};

/** Names that only one run has, in one line. */
function onlyLine(names: readonly string[], run: string): string[] {
  return names.length === 0 ? [] : [`only in ${run}: ${names.join('; ')}`];
}

/** Both runs, number by number. */
export function addComparison(page: Page, comparison: Comparison, source: string): void {
  const { rows, onlyBefore, onlyAfter, doubts } = comparison;
  page.heading(`Against ${source}`, 2);
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  page.paragraph(
    `${rows.length} numbers are in both runs: ${count('better')} better, ${count('worse')} worse, ` +
      `${count('within noise')} within noise. A ratio is after / before, so under 1 is better; beside it stands what ` +
      'it may be by the intervals of both runs. That knows the noise inside a run, not what moved between the two.',
  );
  page.lines(doubts.map((doubt) => `doubtful: ${doubt}`));
  page.table({
    columns: [
      { title: 'number' },
      { title: 'unit' },
      { title: 'before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'ratio', align: 'right' },
      { title: 'may be', align: 'right' },
      { title: 'verdict' },
    ],
    rows: rows.map((row) => [
      row.name,
      row.unit,
      short(row.before),
      short(row.after),
      row.ratio.toFixed(2),
      `${row.low.toFixed(2)} .. ${row.high.toFixed(2)}`,
      { text: row.verdict, tone: TONES[row.verdict] },
    ]),
  });
  page.lines([...onlyLine(onlyBefore, 'the baseline'), ...onlyLine(onlyAfter, 'this run')]);
}
