import type { Page } from 'playwright-core';

/** Something that people do to a page table. */
export interface Gesture {
  readonly name: string;
  /** Brings the page to where the gesture starts. */
  readonly prepare: (page: Page, centre: Place) => Promise<void>;
  /** Makes one small move of it. */
  readonly move: (page: Page, centre: Place, turn: number) => Promise<void>;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Moves of the wheel in one direction before it turns. */
const WHEEL_TURNS = 24;
/** Radius of the circle that the pointer goes in, in CSS pixels, and moves of a round. */
const RADIUS = 160;
const ROUND = 48;

function onCircle({ x, y }: Place, turn: number): Place {
  const angle = (2 * Math.PI * turn) / ROUND;
  return { x: x + RADIUS * Math.cos(angle), y: y + RADIUS * Math.sin(angle) };
}

async function point(page: Page, centre: Place, turn: number): Promise<void> {
  const { x, y } = onCircle(centre, turn);
  await page.mouse.move(x, y);
}

const ZOOM: Gesture = {
  name: 'zoom',
  prepare: (page, { x, y }) => page.mouse.move(x, y),
  move: async (page, _, turn) => {
    const goesIn = Math.floor(turn / WHEEL_TURNS) % 2 === 0;
    await page.mouse.wheel(0, goesIn ? -100 : 100);
  },
};

const PAN: Gesture = {
  name: 'pan',
  prepare: async (page, centre) => {
    await page.mouse.move(centre.x, centre.y);
    // From so near that each cell is drawn with its marks, and as many of them as fit.
    for (let i = 0; i < 18; i++) await page.mouse.wheel(0, -100);
    await page.mouse.down();
  },
  move: point,
};

const HOVER: Gesture = {
  name: 'hover',
  prepare: (page, centre) => point(page, centre, 0),
  move: point,
};

const STEP: Gesture = {
  name: 'step',
  prepare: (page) => page.keyboard.press(','),
  move: (page, _, turn) => page.keyboard.press(turn % 100 < 50 ? 'Shift+B' : 'B'),
};

/** What is measured, in this order; each begins where all of the table is in sight. */
export const GESTURES: readonly Gesture[] = [ZOOM, PAN, HOVER, STEP];
