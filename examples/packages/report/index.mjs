// A table for a terminal, the same in Markdown, and a plot.
import { renderBarPlot, startPage } from '@ptelab/report';

const reads = { 'per-pte': 80, merged: 3 };
const table = {
  columns: [{ title: 'strategy' }, { title: 'reads', align: 'right' }],
  rows: Object.entries(reads).map(([name, count]) => [name, String(count)]),
};
for (const format of ['text', 'markdown']) {
  const page = startPage({ format });
  page.heading('Reads of one contiguous block', 1);
  page.table(table);
  console.log(page.toString());
}

const svg = renderBarPlot({
  title: 'Reads of one contiguous block',
  description: 'How often each strategy reads an entry.',
  x: { title: 'reads' },
  groups: Object.entries(reads).map(([label, value]) => ({
    label,
    bars: [{ series: 'reads', value }],
  })),
});
console.log(svg.slice(0, 4), svg.match(/<title[^>]*>([^<]*)</)[1]);
