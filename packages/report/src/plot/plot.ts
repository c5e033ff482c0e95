/** A point of a plot: x and y, in the units of the axes. */
export type PlotPoint = readonly [x: number, y: number];

/** Where something of a plot lies between: x, low and high. */
export type PlotBand = readonly [x: number, low: number, high: number];

/** An axis of a plot. */
export interface PlotAxis {
  /** What is along it, with the unit: `time per page (ns)`. */
  readonly title: string;
  /** @defaultValue 'linear' */
  readonly scale?: 'linear' | 'log';
  /** Of a logarithmic axis. @defaultValue 10 */
  readonly base?: 2 | 10;
  /** Ticks to write in place of round numbers. */
  readonly ticks?: readonly PlotTick[];
  /** What the axis must reach at least: widened by the data. */
  readonly domain?: readonly [low: number, high: number];
}

/** A value with a name: a tick, or a line across a plot. */
export interface PlotTick {
  readonly value: number;
  readonly label: string;
}

/** A line of a {@link LinePlot}. */
export interface PlotSeries {
  readonly label: string;
  /** In the order in which the line goes through them. */
  readonly points: readonly PlotPoint[];
  /** What is not known exactly: drawn as an area behind the line. */
  readonly band?: readonly PlotBand[];
}

/** A place on a line that matters, drawn as a ring: where it crosses another, say. */
export interface PlotMark {
  /** Label of the series whose line it is on. */
  readonly series: string;
  readonly at: PlotPoint;
  /** Between which x the place may be, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
}

/** What every plot has. */
interface PlotText {
  readonly title: string;
  /** What the plot shows, for those who can't see it. */
  readonly description: string;
  /** Said below the plot: one paragraph each. */
  readonly notes?: readonly string[];
  /** Pixels. @defaultValue 720 */
  readonly width?: number;
}

/** Lines over a common x axis. */
export interface LinePlot extends PlotText {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly series: readonly PlotSeries[];
  /** Lines across the plot: where it breaks even, say. */
  readonly references?: readonly (PlotTick & { readonly axis: 'x' | 'y' })[];
  readonly marks?: readonly PlotMark[];
  /** Pixels, without the notes. @defaultValue 400 */
  readonly height?: number;
}

/** A bar of a {@link BarPlot}. */
export interface PlotBar {
  /** Which series it belongs to: bars of a series have one colour. */
  readonly series: string;
  readonly value: number;
  /** Ends of the whisker, where the value is not known exactly. */
  readonly low?: number;
  readonly high?: number;
  /** Text at the end of the bar. @defaultValue the value */
  readonly text?: string;
}

/** Bars that belong together. */
export interface PlotBarGroup {
  readonly label: string;
  readonly bars: readonly PlotBar[];
}

/** Horizontal bars in groups, one below the other. */
export interface BarPlot extends PlotText {
  readonly x: PlotAxis;
  readonly groups: readonly PlotBarGroup[];
  readonly references?: readonly PlotTick[];
}
