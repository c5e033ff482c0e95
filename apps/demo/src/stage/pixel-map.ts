import type { DrawingContext } from './drawing-context.ts';
import type { GridLayout } from './grid-layout.ts';

/** One pixel for each page: what is drawn from far away. */
export class PixelMap {
  readonly #layout: GridLayout;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;

  constructor(layout: GridLayout) {
    this.#layout = layout;
    this.#canvas = document.createElement('canvas');
    this.#canvas.width = layout.columns;
    this.#canvas.height = layout.rows;
    this.#context = this.#canvas.getContext('2d');
    this.#image = new ImageData(layout.columns, layout.rows);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Takes new colours for the elements [from, to). */
  update(paint: Uint8Array, colours: Uint32Array, from: number, to: number): void {
    if (from >= to) return;
    for (let i = from; i < to; i++) this.#pixels[i] = colours[paint[i] ?? 0] ?? 0;
    const { columns } = this.#layout;
    const row = Math.floor(from / columns);
    const rows = Math.ceil(to / columns) - row;
    this.#context?.putImageData(this.#image, 0, 0, 0, row, columns, rows);
  }

  /** Draws what [x, y, width, height) of the plane holds onto the canvas; with hard edges if it grows. */
  draw(
    context: DrawingContext,
    from: readonly [number, number, number, number],
    to: readonly [number, number, number, number],
  ): void {
    context.imageSmoothingEnabled = to[2] < from[2];
    context.drawImage(this.#canvas, ...from, ...to);
  }
}
