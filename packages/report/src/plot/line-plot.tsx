import {
  area as areaShape,
  line as lineShape,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import type { JSX } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { Frame, Reference, XAxis, YAxis, type PlotArea } from './frame.tsx';
import { dashes, hueClass } from './look.ts';
import { freePlace } from './label-place.ts';
import type { LinePlot, PlotBand, PlotMark, PlotPoint, PlotSeries } from './plot.ts';
import { makeScale, type Scale } from './scale.ts';
import { spread, widestText } from './text-size.ts';

const LABEL_GAP = 17;
const MARK_AREA = 48;
const RING = 7.5;
/** Whiskers of several marks at one height lie side by side. */
const WHISKER_GAP = 5;

/** The shapes of the series' marks: colour alone tells nothing to many. */
const MARKS: readonly string[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
].map((type) => symbol().type(type).size(MARK_AREA).digits(2)() ?? '');

interface SeriesProps {
  readonly series: PlotSeries;
  readonly index: number;
  readonly x: Scale;
  readonly y: Scale;
}

function markPath(index: number): string {
  return MARKS[index % MARKS.length] ?? '';
}

function Band({ series, index, x, y }: SeriesProps): JSX.Element | null {
  if (series.band === undefined) return null;
  const shape = areaShape<PlotBand>()
    .x(([at]) => x.at(at))
    .y0(([, low]) => y.at(low))
    .y1(([, , high]) => y.at(high))
    .digits(2);
  return <path class={`pl-band ${hueClass(index)}`} d={shape(series.band) ?? ''} />;
}

function Line({ series, index, x, y }: SeriesProps): JSX.Element {
  const shape = lineShape<PlotPoint>()
    .x(([at]) => x.at(at))
    .y(([, at]) => y.at(at))
    .digits(2);
  const mark = markPath(index);
  return (
    <g class={hueClass(index)}>
      <path class="pl-line" stroke-dasharray={dashes(index)} d={shape(series.points) ?? ''} />
      {series.points.map(([px, py], i) => (
        <path key={i} class="pl-mark" transform={`translate(${x.at(px)},${y.at(py)})`} d={mark} />
      ))}
    </g>
  );
}

interface MarkProps {
  readonly mark: PlotMark;
  /** Of the series. */
  readonly index: number;
  readonly x: Scale;
  readonly y: Scale;
  /** Pixels that the whisker is below the place itself. */
  readonly aside: number;
}

function seriesOf({ series }: PlotMark, all: readonly PlotSeries[]): number {
  const index = all.findIndex(({ label }) => label === series);
  if (index === -1) throw new RangeError(`a mark must be on a series of the plot, found ${series}`);
  return index;
}

function Mark({ mark, index, x, y, aside }: MarkProps): JSX.Element {
  const [at, height] = mark.at;
  const { low = at, high = at } = mark;
  const middle = y.at(height);
  const span = `M${x.at(low)},${middle + aside - 4}v8m0,-4H${x.at(high)}m0,-4v8`;
  return (
    <g class={hueClass(index)}>
      {low < high && (
        <>
          <path class="pl-whisker pl-under" d={span} />
          <path class="pl-span" d={span} />
        </>
      )}
      <circle class="pl-ring pl-under" cx={x.at(at)} cy={middle} r={RING} />
      <circle class="pl-ring" cx={x.at(at)} cy={middle} r={RING} />
    </g>
  );
}

interface LabelsProps {
  readonly series: readonly PlotSeries[];
  readonly area: PlotArea;
  readonly y: Scale;
}

/** Names of the series at the ends of their lines, moved apart where they would overlap. */
function Labels({ series, area, y }: LabelsProps): JSX.Element {
  const ends = series.map(({ points }) => y.at(points.at(-1)?.[1] ?? y.low));
  const places = spread(ends, LABEL_GAP, area.top, area.bottom);
  return (
    <g>
      {series.map(({ label }, i) => {
        const at = places[i] ?? area.top;
        return (
          <g key={label} class={hueClass(i)}>
            <path
              class="pl-mark"
              transform={`translate(${area.right + 16},${at})`}
              d={markPath(i)}
            />
            <text x={area.right + 26} y={at + 4}>
              {label}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function LinePlotPicture(plot: LinePlot): JSX.Element {
  const { series, references = [], marks = [], width = 720, height = 400 } = plot;
  const points = series.flatMap((each) => each.points);
  const bands = series.flatMap((each) => each.band ?? []);
  const top = 68;
  const bottom = height - 52;
  const y = makeScale(
    plot.y,
    [
      ...[...points, ...marks.map(({ at }) => at)].map(([, at]) => at),
      ...bands.flatMap(([, low, high]) => [low, high]),
    ],
    bottom,
    top,
    'y',
  );
  const left = 20 + widestText(y.ticks.map(({ label }) => label));
  const right = width - 38 - widestText(series.map(({ label }) => label));
  const xs = [
    ...points.map(([at]) => at),
    ...bands.map(([at]) => at),
    ...marks.flatMap(({ at, low = at[0], high = at[0] }) => [at[0], low, high]),
  ];
  const x = makeScale(plot.x, xs, left + 10, right - 10);
  const area = { left, right, top, bottom };
  const aside = (mark: number): number => WHISKER_GAP * (mark - (marks.length - 1) / 2);
  const drawn = [
    ...series.map(({ points }) => points.map(([px, py]): PlotPoint => [x.at(px), y.at(py)])),
    ...marks.map(({ at: [px, py], low = px, high = px }, i): PlotPoint[] => [
      [Math.min(x.at(low), x.at(px) - RING), y.at(py) + aside(i)],
      [Math.max(x.at(high), x.at(px) + RING), y.at(py) + aside(i)],
    ]),
  ];
  return (
    <Frame {...plot} width={width} height={height}>
      <XAxis scale={x} area={area} title={plot.x.title} />
      <YAxis scale={y} area={area} title={plot.y.title} />
      {series.map((each, index) => (
        <Band key={each.label} series={each} index={index} x={x} y={y} />
      ))}
      {series.map((each, index) => (
        <Line key={each.label} series={each} index={index} x={x} y={y} />
      ))}
      {references.map((tick) => (
        <Reference
          key={tick.label}
          tick={tick}
          axis={tick.axis}
          scale={tick.axis === 'x' ? x : y}
          area={area}
          label={freePlace(tick.label, y.at(tick.value), area, drawn)}
        />
      ))}
      {marks.map((mark, i) => (
        <Mark key={i} mark={mark} index={seriesOf(mark, series)} x={x} y={y} aside={aside(i)} />
      ))}
      <Labels series={series} area={area} y={y} />
    </Frame>
  );
}

/**
 * Draws lines over a common x axis as an SVG picture that stands alone: legible on light and dark ground,
 * for the colour-blind and for those who have it read to them. Equal plots are equal texts.
 *
 * @throws RangeError for a value that an axis has no place for, a mark on no series, and without points.
 */
export function renderLinePlot(plot: LinePlot): string {
  return `${renderToStaticMarkup(<LinePlotPicture {...plot} />)}\n`;
}
