import { expect, it } from 'vitest';
import { gridLayout } from './grid-layout.ts';
import { moveFocus, type FocusKey } from './keys.ts';

const LAYOUT = gridLayout(0, 1024, 1);

function press(key: string, focus: number, held: Partial<FocusKey> = {}): number | null {
  const none = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return moveFocus({ key, ...none, ...held }, LAYOUT, focus);
}

it.each([
  ['ArrowRight', 5, 6],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 5, 37],
  ['ArrowDown', 1020, 1023],
  ['PageUp', 700, 188],
  ['Home', 700, 0],
  ['End', 7, 1023],
  ['q', 7, null],
])('%s at %i goes to %s', (key, from, to) => {
  expect(press(key, from)).toBe(to);
});

it('goes by blocks with Shift, and leaves the browser its own keys', () => {
  expect(press('ArrowRight', 5, { shiftKey: true })).toBe(21);
  expect(press('ArrowRight', 5, { ctrlKey: true })).toBeNull();
});
