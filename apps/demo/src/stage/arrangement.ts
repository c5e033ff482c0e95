import { fitCamera, type ViewSize } from './camera.ts';
import { gridLayout } from './grid-layout.ts';

/** Height of what stands above each page table, in CSS pixels. */
const HEAD = 42;

/** How many of `count` page tables side by side show the largest cells; ties go to more in a row. */
export function machinesInRow(
  count: number,
  { width, height }: ViewSize,
  pages: number,
  blockPages: number,
): number {
  let best = { across: 1, scale: 0 };
  for (let across = 1; across <= count; across++) {
    const down = Math.ceil(count / across);
    const view = { width: width / across, height: Math.max(height / down - HEAD, 1) };
    const layout = gridLayout(0, pages, view.width / view.height, blockPages);
    const { scale } = fitCamera(layout, view);
    if (scale >= best.scale) best = { across, scale };
  }
  return best.across;
}
