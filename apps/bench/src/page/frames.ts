import type { Page } from 'playwright-core';

/** How long a gesture is measured. */
const GESTURE_MS = 3000;

/** Notes when the browser draws, from now on. A string: the page has no part in it. */
const START = `(() => {
  const drawn = [];
  const note = (now) => {
    drawn.push(now);
    window.noting = requestAnimationFrame(note);
  };
  window.drawn = drawn;
  window.noting = requestAnimationFrame(note);
})()`;

const STOP = `(() => {
  cancelAnimationFrame(window.noting);
  return window.drawn;
})()`;

/** Milliseconds between frames while `gesture` is made again and again, with its turn as argument. */
export async function framesDuring(
  page: Page,
  gesture: (turn: number) => Promise<void>,
): Promise<number[]> {
  await page.evaluate(START);
  const end = Date.now() + GESTURE_MS;
  for (let turn = 0; Date.now() < end; turn++) await gesture(turn);
  const drawn = await page.evaluate<number[]>(STOP);
  return drawn.slice(1).map((now, i) => now - (drawn[i] ?? now));
}
