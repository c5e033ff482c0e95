import { describe, expect, it } from 'vitest';
import { boundCamera, fitCamera, MARGIN, revealPage, visibleCells, zoomCamera } from './camera.ts';
import { gridLayout, pageAt } from './grid-layout.ts';

const VIEW = { width: 858, height: 420 };
const SMALL = gridLayout(0, 64, 2);
const LARGE = gridLayout(0, 262_144, 3);

describe('gridLayout', () => {
  it('holds whole contiguous blocks in a row', () => {
    expect(SMALL).toEqual({ at: 0, pages: 64, columns: 16, rows: 4 });
    expect(gridLayout(0, 256, 1, 128).columns).toBe(128);
  });

  it('fills the place', () => {
    expect(LARGE).toMatchObject({ columns: 1024, rows: 256 });
    expect(gridLayout(0, 4096, 1)).toMatchObject({ columns: 64, rows: 64 });
  });

  it('finds the page at a place, and none beside the grid', () => {
    const layout = gridLayout(32, 40, 1);
    expect(pageAt(layout, 1.5, 1.2)).toBe(32 + 17);
    for (const [x, y] of [
      [-0.1, 0],
      [16, 0],
      [9, 2],
      [0, -1],
    ] as const) {
      expect(pageAt(layout, x, y)).toBeNull();
    }
  });
});

describe('camera', () => {
  it('shows all of it at first', () => {
    for (const layout of [SMALL, LARGE]) {
      const visible = visibleCells(fitCamera(layout, VIEW), layout, VIEW);
      expect(visible).toEqual({
        firstColumn: 0,
        endColumn: layout.columns,
        firstRow: 0,
        endRow: layout.rows,
      });
    }
  });

  it('keeps what is under the pointer where it is when it zooms', () => {
    const before = fitCamera(LARGE, VIEW);
    const after = zoomCamera(before, 3, 400, 100);
    expect(after.x + 400 / after.scale).toBeCloseTo(before.x + 400 / before.scale);
    expect(after.y + 100 / after.scale).toBeCloseTo(before.y + 100 / before.scale);
  });

  it('never loses the grid, and never gets farther than all of it', () => {
    const fit = fitCamera(LARGE, VIEW);
    const far = boundCamera({ x: -1e6, y: 1e6, scale: 0.001 }, LARGE, VIEW);
    expect(far.scale).toBe(fit.scale);
    expect(far.x).toBeCloseTo(fit.x);
    expect(visibleCells(far, LARGE, VIEW).endRow).toBe(LARGE.rows);
    const near = boundCamera({ x: 1e6, y: 1e6, scale: 20 }, LARGE, VIEW);
    expect(near.x + (VIEW.width - MARGIN.right) / near.scale).toBeCloseTo(LARGE.columns);
  });

  it('moves just as far as it takes to see a page', () => {
    const near = boundCamera({ x: 0, y: 0, scale: 20 }, LARGE, VIEW);
    expect(revealPage(near, LARGE, VIEW, 1024 * 3 + 5)).toEqual(near);
    const moved = revealPage(near, LARGE, VIEW, 262_143);
    const { endColumn, endRow } = visibleCells(moved, LARGE, VIEW);
    expect([endColumn, endRow]).toEqual([1024, 256]);
  });
});
