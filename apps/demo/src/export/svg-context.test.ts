import { expect, it } from 'vitest';
import { SvgContext } from './svg-context.ts';

const HEAD =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">\n';

function drawn(draw: (context: SvgContext) => void): string {
  const context = new SvgContext({ width: 40, height: 20 });
  draw(context);
  const text = context.toString();
  expect(text.startsWith(HEAD)).toBe(true);
  expect(text.endsWith('\n</svg>\n')).toBe(true);
  return text.slice(HEAD.length, -'\n</svg>\n'.length);
}

it('fills and strokes paths', () => {
  const text = drawn((context) => {
    context.beginPath();
    context.moveTo(1, 2);
    context.lineTo(3.14159, 4);
    context.rect(5, 6, 7, 8);
    context.fillStyle = '#abc';
    context.fill();
    context.setLineDash([2, 3]);
    context.stroke();
  });
  expect(text).toBe(
    '<path d="M1 2L3.14 4M5 6h7v8h-7z" fill="#abc"/>\n' +
      '<path d="M1 2L3.14 4M5 6h7v8h-7z" fill="none" stroke="#000" stroke-width="1" stroke-dasharray="2 3"/>',
  );
});

it('leaves out what would not be seen', () => {
  const text = drawn((context) => {
    context.beginPath();
    context.fill();
    context.stroke();
  });
  expect(text).toBe('');
});

it('writes text as it is meant, whatever is in it', () => {
  const text = drawn((context) => {
    context.font = '600 15px system-ui, sans-serif';
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText('a < b & "c"', 1, 2);
  });
  expect(text).toBe(
    '<text xml:space="preserve" x="1" y="2" fill="#000" font-size="15" font-family="system-ui, sans-serif" ' +
      'font-weight="600" text-anchor="end" dominant-baseline="central">a &lt; b &amp; &quot;c&quot;</text>',
  );
});

it('closes what it opens: places and clips', () => {
  const text = drawn((context) => {
    context.save();
    context.translate(3, 4);
    context.rect(0, 0, 1, 1);
    context.clip();
    context.fillRect(0, 0, 1, 1);
    context.restore();
    context.fillRect(5, 5, 1, 1);
  });
  expect(text.split('\n')).toEqual([
    '<g transform="translate(3 4)">',
    '<clipPath id="clip-1"><path d="M0 0h1v1h-1z"/></clipPath>',
    '<g clip-path="url(#clip-1)">',
    '<rect x="0" y="0" width="1" height="1" fill="#000"/>',
    '</g></g>',
    '<rect x="5" y="5" width="1" height="1" fill="#000"/>',
  ]);
});
