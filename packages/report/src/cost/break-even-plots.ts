import type {
  BreakEven,
  CostPoint,
  CostSeries,
  PaysFrom,
  SkippingCosts,
  SkippingShare,
} from '@ptelab/cost';
import { renderBarPlot } from '../plot/bar-plot.tsx';
import { renderLinePlot } from '../plot/line-plot.tsx';
import type { PlotMark, PlotSeries } from '../plot/plot.ts';
import { folio, MEMMAP, MEMORY } from './words.ts';

/** An answer as a picture. */
export interface BreakEvenPlot {
  /** The question that it answers. */
  readonly question: 'Q13' | 'Q15' | 'Q18';
  /** Id of the machine. */
  readonly machine: string;
  readonly title: string;
  readonly svg: string;
}

const RANGES = 'ranges of the prices.';
const WIDTH = 800;

/** A curve with its range; x as the axis has it. */
function plotted(
  label: string,
  points: readonly CostPoint[],
  x: (value: number) => number = (value) => value,
): PlotSeries {
  return {
    label,
    points: points.map((point) => [x(point.x), point.y.likely]),
    band: points.map((point) => [x(point.x), point.y.low, point.y.high]),
  };
}

/** A ring where a way begins to be cheaper, and a whisker to where it surely is. */
function orderMarks(ratios: readonly CostSeries[], paysFrom: readonly PaysFrom[]): PlotMark[] {
  return paysFrom.flatMap(({ variant, likely, surely }) => {
    const points = ratios.find(({ label }) => label === variant)?.points ?? [];
    const first = points.find(({ x }) => x === likely);
    if (first === undefined) return [];
    const at = [first.x, first.y.likely] as const;
    return [{ series: variant, at, low: first.x, high: surely ?? points.at(-1)?.x ?? first.x }];
  });
}

function orderNotes(title: string, paysFrom: readonly PaysFrom[]): string[] {
  const sentences = paysFrom.map(({ variant, likely, surely }) => {
    if (likely === null) return `${variant}: cheaper from no size on.`;
    const sure =
      surely === null
        ? 'surely from none'
        : surely === likely
          ? 'and surely so'
          : `surely from ${folio(surely)}`;
    return `${variant}: cheaper from ${folio(likely)} on, ${sure}.`;
  });
  return [
    `${title}. Ring: pays from this size on; whisker: to where it surely does. Areas: ${RANGES}`,
  ].concat(sentences.join(' '));
}

function ordersPlot({ machine, orders }: BreakEven): BreakEvenPlot {
  const title = `From which folio size on batching pays: ${machine.id}`;
  const { ratios, paysFrom } = orders;
  const all = ratios[0]?.points.map(({ x }) => x) ?? [];
  const notes = orderNotes(machine.title, paysFrom);
  const svg = renderLinePlot({
    title,
    description: `Time of mprotect for each page over the folio order, as a multiple of that of per-pte. ${notes[1] ?? ''}`,
    notes,
    width: WIDTH,
    x: {
      title: 'folio size, private anonymous memory',
      ticks: all.map((value) => ({
        value,
        label: folio(value).replace('iB', '').replace(' ', ''),
      })),
    },
    y: { title: 'time over that of per-pte (ratio)', scale: 'log' },
    series: ratios.map(({ label, points }) => plotted(label, points)),
    references: [{ axis: 'y', value: 1, label: '1: as long as per-pte' }],
    marks: orderMarks(ratios, paysFrom),
  });
  return { question: 'Q18', machine: machine.id, title, svg };
}

function singlePagesPlot({ machine, singlePages }: BreakEven): BreakEvenPlot {
  const title = `What single pages cost: ${machine.id}`;
  const svg = renderBarPlot({
    title,
    description: 'Time of mprotect for each single page, as a multiple of that of per-pte.',
    notes: [
      `${machine.title}. Groups: the memory, and where its struct pages are. Whiskers: ${RANGES}`,
    ],
    width: WIDTH,
    x: { title: 'time over that of per-pte (ratio)' },
    groups: singlePages.map(({ memory, memmap, costs }) => ({
      label: `${MEMORY[memory]}, ${MEMMAP[memmap]}`,
      bars: costs
        .filter(({ label }) => label !== 'per-pte')
        .map(({ label, ratio }) => ({
          series: label,
          value: ratio.likely,
          low: ratio.low,
          high: ratio.high,
          text: ratio.likely.toFixed(2),
        })),
    })),
    references: [{ value: 1, label: '1: as long as per-pte' }],
  });
  return { question: 'Q13', machine: machine.id, title, svg };
}

const PERCENT = 100;
const whole = (share: number): string => (PERCENT * share).toFixed(0);

function mixLabel(memory: SkippingCosts['memory'], order: number): string {
  return `${memory === 'anon' ? 'private' : 'shared'}, ${folio(order)}`;
}

function shareText({ likely, low, high }: SkippingShare['share']): string {
  return low === 1 ? 'always' : `up to ${whole(likely)} % (${whole(low)} to ${whole(high)})`;
}

function skippingPlot({ machine, skipping }: BreakEven): BreakEvenPlot {
  const title = `Up to which mix skipping the lookup pays: ${machine.id}`;
  const mixes = skipping.flatMap(({ memory, ratios, shares }) =>
    ratios.flatMap(({ order, points }) => {
      const share = shares.find((each) => each.order === order)?.share;
      return share === undefined ? [] : [{ label: mixLabel(memory, order), points, share }];
    }),
  );
  const found = mixes.map(({ label, share }) => `${label}: ${shareText(share)}`).join('; ');
  const notes = [
    `${machine.title}. Ring: up to this share skipping wins; whisker: its range. Areas: ${RANGES}`,
    `${found}.`,
  ];
  const svg = renderLinePlot({
    title,
    description: `Time of batch-hint for each page over the share of pages in large folios, as a multiple of that of single-fast-path. ${notes[1] ?? ''}`,
    notes,
    width: WIDTH,
    x: { title: 'pages in large folios (%), the others are single' },
    y: { title: 'time of batch-hint over that of single-fast-path (ratio)', scale: 'log' },
    series: mixes.map(({ label, points }) => plotted(label, points, (share) => PERCENT * share)),
    references: [{ axis: 'y', value: 1, label: '1: as long' }],
    marks: mixes.flatMap(({ label, share }) =>
      share.likely === 1
        ? []
        : [
            {
              series: label,
              at: [PERCENT * share.likely, 1] as const,
              low: PERCENT * share.low,
              high: PERCENT * share.high,
            },
          ],
    ),
  });
  return { question: 'Q15', machine: machine.id, title, svg };
}

/**
 * Draws from where on what pays, as ratios of times with their ranges: one picture for each question, in the
 * order of the questions.
 */
export function breakEvenPlots(found: BreakEven): BreakEvenPlot[] {
  return [singlePagesPlot(found), skippingPlot(found), ordersPlot(found)];
}
