import { describe, expect, it } from 'vitest';
import { renderBarPlot, renderLinePlot, type BarPlot, type LinePlot } from '../src/index.ts';

const orders = [0, 2, 4, 6, 9];

const lines: LinePlot = {
  title: 'Time per page',
  description: 'Time of a call per page over the folio order, for two strategies.',
  x: { title: 'folio order', ticks: orders.map((value) => ({ value, label: String(value) })) },
  y: { title: 'time per page (ns)', scale: 'log' },
  series: [
    { label: 'per-pte', points: orders.map((order) => [order, 40]) },
    {
      label: 'merged & <fast>',
      points: orders.map((order) => [order, 8 + 60 / 2 ** order]),
      band: orders.map((order) => [order, 6 + 50 / 2 ** order, 10 + 70 / 2 ** order]),
    },
  ],
  references: [
    { axis: 'x', value: 1, label: 'breaks even' },
    { axis: 'y', value: 1e9, label: 'beyond the axis' },
  ],
};

const bars: BarPlot = {
  title: 'Ratios',
  description: 'Published and predicted ratios.',
  x: { title: 'before / after' },
  groups: [
    {
      label: 'T1',
      bars: [
        { series: 'published', value: 3.23 },
        { series: 'predicted', value: 3.1, low: 2.5, high: 3.6 },
      ],
    },
    { label: 'T3', bars: [{ series: 'published', value: 0.91, text: '0.91, slower' }] },
  ],
  references: [{ value: 1, label: 'no change' }],
};

function tags(svg: string): string[] {
  return [...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag!);
}

describe('renderLinePlot', () => {
  it('draws a picture that stands alone', async () => {
    await expect(renderLinePlot(lines)).toMatchFileSnapshot('snapshots/line-plot.svg');
  });

  it('escapes text', () => {
    const svg = renderLinePlot({ ...lines, title: `<b> "&'` });
    expect(svg).toContain("<title>&lt;b> &quot;&amp;'</title>");
    expect(svg).toContain('merged &amp; &lt;fast>');
    expect(tags(svg)).not.toContain('b');
  });

  it('leaves out references beyond the axis', () => {
    expect(renderLinePlot(lines)).toContain('breaks even');
    expect(renderLinePlot(lines)).not.toContain('beyond the axis');
  });

  it('rings places on a line, with a whisker for where else they may be', () => {
    const marks = [
      { series: 'per-pte', at: [4, 40] as const, low: 2, high: 6 },
      { series: 'merged & <fast>', at: [2, 23] as const },
    ];
    const svg = renderLinePlot({ ...lines, marks });
    expect(svg.match(/class="pl-ring"/g)).toHaveLength(2);
    expect(svg.match(/class="pl-span"/g)).toHaveLength(1);
    const stray = { series: 'none', at: [4, 40] as const };
    expect(() => renderLinePlot({ ...lines, marks: [stray] })).toThrow('found none');
  });

  it('says notes below the plot, in as many lines as they need', () => {
    const heightOf = (notes: readonly string[]): number =>
      Number(/height="(\d+)"/.exec(renderLinePlot({ ...lines, notes }))?.[1]);
    expect(renderLinePlot({ ...lines, notes: ['a & b'] })).toContain('>a &amp; b</text>');
    expect(heightOf([])).toBe(400);
    expect(heightOf(['one', 'two']) - heightOf(['one'])).toBe(18);
    expect(heightOf(['word '.repeat(60)])).toBeGreaterThan(heightOf(['one', 'two']));
  });

  it('tells many series apart by colour, mark and dashes', () => {
    const many = Array.from({ length: 13 }, (_, i) => ({
      label: `series ${i}`,
      points: [[0, i + 1] as const, [9, i + 1] as const],
    }));
    const svg = renderLinePlot({ ...lines, series: many });
    const looks = [
      ...svg.matchAll(/<g class="(pl-\d)"><path class="pl-line"( stroke-dasharray="[\d ]+")?/g),
    ];
    expect(new Set(looks.map(([text]) => text)).size).toBe(13);
  });

  it('refuses a value that a logarithmic axis has no place for', () => {
    const series = [{ label: 'a', points: [[0, 0] as const] }];
    expect(() => renderLinePlot({ ...lines, series })).toThrow(RangeError);
    expect(() => renderLinePlot({ ...lines, series: [] })).toThrow(RangeError);
  });
});

describe('renderBarPlot', () => {
  it('draws bars with whiskers', async () => {
    await expect(renderBarPlot(bars)).toMatchFileSnapshot('snapshots/bar-plot.svg');
  });

  it('needs no legend for one series, and begins bars at 0', () => {
    const groups = [
      { label: 'a', bars: [{ series: 's', value: -2 }] },
      { label: 'b', bars: [] },
    ];
    const svg = renderBarPlot({ ...bars, groups });
    expect(svg).not.toContain('>s<');
    expect(svg).toContain('−2');
  });

  it('has logarithmic bars too', () => {
    const svg = renderBarPlot({ ...bars, x: { title: 't', scale: 'log' } });
    expect(svg).not.toContain('NaN');
    expect(svg).not.toMatch(/width="-/);
  });

  it('puts the names of many series into rows', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      series: `a rather long name ${i}`,
      value: i,
    }));
    const svg = renderBarPlot({ ...bars, groups: [{ label: 'all', bars: many }] });
    const rows = new Set([...svg.matchAll(/y="(\d+)">a rather long name/g)].map(([, y]) => y));
    expect(rows.size).toBe(4);
  });
});
