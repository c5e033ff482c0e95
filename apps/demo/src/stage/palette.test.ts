import { describe, expect, it } from 'vitest';
import { makePaints } from './cell-paint.ts';
import { DARK, LIGHT, mix, pixel } from './palette.ts';

/** Relative luminance of a colour. @see WCAG 2.2, relative luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('%s', (_, palette) => {
  it('letters are legible on every cell (WCAG AA)', () => {
    for (const colour of makePaints(palette).colours) {
      expect([colour, contrast(colour, palette.text) >= 4.5]).toEqual([colour, true]);
    }
    expect(contrast(palette.quiet, palette.panel)).toBeGreaterThanOrEqual(4.5);
  });

  it('brackets, bars and frames stand out from the ground (WCAG AA)', () => {
    for (const colour of [palette.accent, palette.flush, palette.bad]) {
      expect(contrast(colour, palette.panel)).toBeGreaterThanOrEqual(3);
    }
  });
});

it('mixes, and makes pixels of colours', () => {
  expect(mix('#ff0000', '#0000ff', 0.5)).toBe('#800080');
  expect(new Uint8Array(Uint32Array.of(pixel('#123456')).buffer)).toEqual(
    Uint8Array.of(0x12, 0x34, 0x56, 255),
  );
});
