import type { ComponentChildren, JSX } from 'preact';
import { LABEL_PLACES, type LabelPlace } from './label-place.ts';
import { PLOT_STYLE } from './look.ts';
import type { PlotTick } from './plot.ts';
import type { Scale } from './scale.ts';
import { wrapText } from './text-size.ts';

/** Where the data of a plot is, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface FrameProps {
  readonly title: string;
  readonly description: string;
  readonly notes?: readonly string[];
  readonly width: number;
  /** Of the plot itself. */
  readonly height: number;
  readonly children: ComponentChildren;
}

const NOTE_ROW = 18;

/** A whole picture: ground, title, notes below, and what stands for it where it can't be seen. */
export function Frame(props: FrameProps): JSX.Element {
  const { title, description, notes = [], width, height: plotHeight, children } = props;
  const lines = notes.flatMap((note) => wrapText(note, width - 24));
  const height = plotHeight + lines.length * NOTE_ROW + (lines.length > 0 ? 6 : 0);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="pl"
      role="img"
      aria-label={title}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
    >
      <title>{title}</title>
      <desc>{description}</desc>
      <style>{PLOT_STYLE}</style>
      <rect class="pl-back" width={width} height={height} />
      <text class="pl-title" x={12} y={24}>
        {title}
      </text>
      {children}
      {lines.map((line, i) => (
        <text key={i} class="pl-quiet" x={12} y={plotHeight + 12 + i * NOTE_ROW}>
          {line}
        </text>
      ))}
    </svg>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly area: PlotArea;
  readonly title: string;
}

/** The x axis below the data, with lines of the grid. */
export function XAxis({ scale, area, title }: AxisProps): JSX.Element {
  const { left, right, top, bottom } = area;
  return (
    <g>
      {scale.ticks.map(({ value, label }) => (
        <g key={value}>
          <line class="pl-grid" x1={scale.at(value)} x2={scale.at(value)} y1={top} y2={bottom} />
          <text class="pl-quiet" x={scale.at(value)} y={bottom + 18} text-anchor="middle">
            {label}
          </text>
        </g>
      ))}
      <line class="pl-axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      <text x={(left + right) / 2} y={bottom + 38} text-anchor="middle">
        {title}
      </text>
    </g>
  );
}

/** The y axis on the left, with lines of the grid; its title stands above it, where it can be read. */
export function YAxis({ scale, area, title }: AxisProps): JSX.Element {
  const { left, right, top } = area;
  return (
    <g>
      {scale.ticks.map(({ value, label }) => (
        <g key={value}>
          <line class="pl-grid" x1={left} x2={right} y1={scale.at(value)} y2={scale.at(value)} />
          <text class="pl-quiet" x={left - 8} y={scale.at(value) + 4} text-anchor="end">
            {label}
          </text>
        </g>
      ))}
      <text x={12} y={top - 12}>
        {title}
      </text>
    </g>
  );
}

interface ReferenceProps {
  readonly tick: PlotTick;
  readonly axis: 'x' | 'y';
  readonly scale: Scale;
  readonly area: PlotArea;
  /** Where the name of a line across the y axis stands. @defaultValue above its left end */
  readonly label?: LabelPlace;
}

/** A line across the data with its name; nothing if it is beyond the axis. */
export function Reference(props: ReferenceProps): JSX.Element | null {
  const { tick, axis, scale, area, label = LABEL_PLACES[0] } = props;
  const { left, right, top, bottom } = area;
  if (tick.value < scale.low || tick.value > scale.high) return null;
  const at = scale.at(tick.value);
  return axis === 'x' ? (
    <g>
      <line class="pl-reference" x1={at} x2={at} y1={top} y2={bottom} />
      <text class="pl-quiet pl-halo" x={at + 5} y={top + 12}>
        {tick.label}
      </text>
    </g>
  ) : (
    <g>
      <line class="pl-reference" x1={left} x2={right} y1={at} y2={at} />
      <text
        class="pl-quiet pl-halo"
        x={label.end === 'left' ? left + 6 : right - 6}
        y={label.side === 'above' ? at - 6 : at + 15}
        text-anchor={label.end === 'left' ? 'start' : 'end'}
      >
        {tick.label}
      </text>
    </g>
  );
}
