import type { JSX } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { Frame, Reference, XAxis } from './frame.tsx';
import { hueClass } from './look.ts';
import type { BarPlot, PlotBar } from './plot.ts';
import { makeScale, px, roundedNumber, type Scale } from './scale.ts';
import { textWidth, widestText } from './text-size.ts';

const BAR = 16;
const BAR_GAP = 4;
const GROUP_GAP = 14;
const LEGEND_ROW = 22;
/** Above the bars, so that none lies over the name of a reference. */
const REFERENCE_ROW = 16;

function barText({ text, value }: PlotBar): string {
  return text ?? roundedNumber(value);
}

interface BarProps {
  readonly bar: PlotBar;
  readonly index: number;
  readonly x: Scale;
  /** Upper edge. */
  readonly y: number;
  readonly left: number;
}

function Bar({ bar, index, x, y, left }: BarProps): JSX.Element {
  const { value, low = value, high = value } = bar;
  const middle = y + BAR / 2;
  const whisker = `M${x.at(low)},${middle - 4}v8m0,-4H${x.at(high)}m0,-4v8`;
  const [from, to] = [left, x.at(value)].sort((a, b) => a - b) as [number, number];
  return (
    <g class={hueClass(index)}>
      <rect class="pl-bar" x={from} y={y} width={px(to - from)} height={BAR} rx={1.5} />
      {low < high && (
        <>
          <path class="pl-whisker pl-under" d={whisker} />
          <path class="pl-whisker" d={whisker} />
        </>
      )}
      <text x={px(Math.max(x.at(high), to) + 6)} y={middle + 4.5} class="pl-halo">
        {barText(bar)}
      </text>
    </g>
  );
}

interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Names of the series above the data, in as many rows as they need. */
function placeLegend(names: readonly string[], width: number): Placed[] {
  let x = 12;
  let y = 48;
  return names.map((name) => {
    const room = textWidth(name) + 40;
    if (x > 12 && x + room > width) {
      x = 12;
      y += LEGEND_ROW;
    }
    const placed = { name, x, y };
    x += room;
    return placed;
  });
}

function Legend({ places }: { readonly places: readonly Placed[] }): JSX.Element {
  return (
    <g>
      {places.map(({ name, x, y }, index) => (
        <g key={name} class={hueClass(index)}>
          <rect class="pl-bar" x={x} y={y - 11} width={13} height={13} rx={1.5} />
          <text x={x + 19} y={y}>
            {name}
          </text>
        </g>
      ))}
    </g>
  );
}

function BarPlotPicture(plot: BarPlot): JSX.Element {
  const { groups, references = [], width = 720 } = plot;
  const bars = groups.flatMap((group) => group.bars);
  const series = [...new Set(bars.map((bar) => bar.series))];
  const legend = series.length > 1 ? placeLegend(series, width) : [];
  const top = (legend.at(-1)?.y ?? 30) + (references.length > 0 ? 36 : 16);
  const left = 24 + widestText(groups.map(({ label }) => label));
  const right = width - 16 - widestText(bars.map(barText));
  // A bar is a length: it begins at 0, or on a logarithmic axis somewhere below the least.
  const start = plot.x.scale === 'log' ? [] : [0];
  const values = bars.flatMap(({ value, low = value, high = value }) => [value, low, high]);
  const x = makeScale(plot.x, [...values, ...start], left, right);
  let y = top + GROUP_GAP / 2;
  const rows = groups.map((group) => {
    const at = y;
    y += group.bars.length * (BAR + BAR_GAP) - BAR_GAP + GROUP_GAP;
    return { group, at, middle: (at + y - GROUP_GAP) / 2 };
  });
  const bottom = y - GROUP_GAP / 2;
  const area = { left, right, top, bottom };
  const zero = plot.x.scale === 'log' ? left : x.at(0);
  return (
    <Frame {...plot} width={width} height={bottom + 50}>
      <Legend places={legend} />
      <XAxis scale={x} area={area} title={plot.x.title} />
      {rows.map(({ group, at, middle }) => (
        <g key={group.label}>
          <text x={left - 10} y={middle + 4.5} text-anchor="end">
            {group.label}
          </text>
          {group.bars.map((bar, i) => (
            <Bar
              key={i}
              bar={bar}
              index={series.indexOf(bar.series)}
              x={x}
              y={at + i * (BAR + BAR_GAP)}
              left={zero}
            />
          ))}
        </g>
      ))}
      {references.map((tick) => (
        <Reference
          key={tick.label}
          tick={tick}
          axis="x"
          scale={x}
          area={{ ...area, top: top - REFERENCE_ROW }}
        />
      ))}
    </Frame>
  );
}

/**
 * Draws horizontal bars in groups, with whiskers where a value is not known exactly, as an SVG picture that
 * stands alone. See {@link renderLinePlot}.
 *
 * @throws RangeError for a value that the axis has no place for, and without bars.
 */
export function renderBarPlot(plot: BarPlot): string {
  return `${renderToStaticMarkup(<BarPlotPicture {...plot} />)}\n`;
}
