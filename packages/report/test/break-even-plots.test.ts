import { describe, expect, it } from 'vitest';
import { breakEvenPlots, type BreakEvenPlot } from '../src/index.ts';
import { BREAK_EVEN } from './break-even.fixture.ts';

function plotOf(question: string, found = BREAK_EVEN): BreakEvenPlot {
  return breakEvenPlots(found).find((plot) => plot.question === question)!;
}

/** The texts of a picture, in order. */
function texts({ svg }: BreakEvenPlot): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);
}

function count({ svg }: BreakEvenPlot, pattern: RegExp): number {
  return [...svg.matchAll(pattern)].length;
}

const RING = /class="pl-ring"/g;
const WHISKER = /class="pl-span"/g;

describe('breakEvenPlots', () => {
  it('draws one picture for each question', () => {
    const plots = breakEvenPlots(BREAK_EVEN);
    expect(plots.map(({ question, machine, title }) => [question, machine, title])).toEqual([
      ['Q13', 'zen3', 'What single pages cost: zen3'],
      ['Q15', 'zen3', 'Up to which mix skipping the lookup pays: zen3'],
      ['Q18', 'zen3', 'From which folio size on batching pays: zen3'],
    ]);
    for (const { svg, title } of plots) expect(svg).toContain(`<title>${title}</title>`);
  });

  it('rings the folio size from which on batching pays, with a whisker to where that is sure', () => {
    const plot = plotOf('Q18');
    expect(texts(plot)).toContain('1: as long as per-pte');
    expect(texts(plot)).toEqual(expect.arrayContaining(['4K', '16K', '32K', 'merged']));
    expect(texts(plot)).toContain('merged: cheaper from 16 KiB on, surely from none.');
    expect(count(plot, RING)).toBe(1);
    expect(count(plot, WHISKER)).toBe(1);
    expect(count(plot, /class="pl-band /g)).toBe(1);
  });

  it('rings nothing that never pays, and draws no whisker where it is sure at once', () => {
    const paysFrom = (likely: number | null, surely: number | null): BreakEvenPlot =>
      plotOf('Q18', {
        ...BREAK_EVEN,
        orders: {
          ...BREAK_EVEN.orders,
          paysFrom: [{ variant: 'merged', than: 'per-pte', likely, surely }],
        },
      });
    const never = paysFrom(null, null);
    expect(count(never, RING)).toBe(0);
    expect(texts(never)).toContain('merged: cheaper from no size on.');
    const sure = paysFrom(2, 2);
    expect([count(sure, RING), count(sure, WHISKER)]).toEqual([1, 0]);
    expect(texts(sure)).toContain('merged: cheaper from 16 KiB on, and surely so.');
    expect(texts(paysFrom(2, 3))).toContain('merged: cheaper from 16 KiB on, surely from 32 KiB.');
  });

  it('rings the share of large pages up to which skipping wins', () => {
    const plot = plotOf('Q15');
    expect(texts(plot)).toContain(
      'private, 32 KiB: up to 28 % (20 to 40); private, 64 KiB: always.',
    );
    expect(texts(plot)).toContain('1: as long');
    expect([count(plot, RING), count(plot, WHISKER)]).toEqual([1, 1]);
  });

  it('shows what a single page costs beside per-pte, which has no bar', () => {
    const plot = plotOf('Q13');
    expect(texts(plot)).toEqual(
      expect.arrayContaining([
        'shared anonymous, anywhere in memory',
        '1: as long as per-pte',
        '2.00',
      ]),
    );
    expect(count(plot, /class="pl-bar"/g)).toBe(1);
    expect(count(plot, /class="pl-whisker"/g)).toBe(1);
  });

  it('needs no wider ground than it has', () => {
    const plot = plotOf('Q13', {
      ...BREAK_EVEN,
      machine: { id: 'x', title: 'a long name '.repeat(20) },
    });
    const notes = texts(plot).filter((text) => text.includes('long name'));
    expect(notes.length).toBeGreaterThan(1);
  });
});
