import type { Explanation } from '@ptelab/check';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Table } from '../text/table.ts';

type Figure = Explanation['figures'][number];

/** Columns of numbers stand right. */
function tableOf({ columns, rows }: Figure): Table {
  return {
    columns: columns.map((title, i) => {
      const numbers = rows.every((row) => typeof row[i] === 'number' || row[i] === '-');
      return { title, align: numbers ? 'right' : 'left' };
    }),
    rows: rows.map((row) => row.map(String)),
  };
}

/** Writes what the model says to a question: claim, figures, and how to repeat them. */
export function renderExplanation(explanation: Explanation, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  const { id, title, asked, settled, answered, claim, beyond, facts, figures, repeat } =
    explanation;
  page.heading(`${id}: ${title}`, 1);
  page.paragraph(asked);
  page.paragraph(`Settled: ${settled}`);
  if (!answered) {
    page.paragraph(`Not for a model: ${beyond}.`);
    return page.toString();
  }
  page.heading('What the model says', 2);
  page.paragraph(claim);
  page.lines(facts.filter(({ held }) => held).map(({ text }) => `holds: ${text}`));
  page.lines(
    facts.filter(({ held }) => !held).map(({ text }) => `does not hold: ${text}`),
    'bad',
  );
  page.heading('Figures', 2);
  for (const figure of figures) {
    page.paragraph(`${figure.title}:`);
    page.table(tableOf(figure));
  }
  page.paragraph(beyond === '' ? '' : `Beyond a model: ${beyond}`);
  page.heading('Repeat it', 2);
  page.code(repeat.join('\n'), 'sh');
  return page.toString();
}
