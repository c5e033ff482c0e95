import type { DrawingContext } from './drawing-context.ts';
import type { Camera } from '../model/look.ts';
import type { ViewSize } from './camera.ts';
import type { GridLayout } from './grid-layout.ts';
import { drawBlocks } from './layers/blocks.ts';
import { drawCells } from './layers/cells.ts';
import { drawGutter } from './layers/gutter.ts';
import { drawCall, drawDifferences, drawFocus, drawStroke } from './layers/highlights.ts';
import { drawBrackets, drawFlushes, drawTlb } from './layers/lanes.ts';
import { drawMarks } from './layers/marks.ts';
import { PixelMap } from './pixel-map.ts';
import { stageView, type StageScene } from './scene.ts';

/** Draws a scene onto a canvas, as near or far as the camera says. */
export class Stage {
  readonly #context: CanvasRenderingContext2D | null;
  #size: ViewSize = { width: 0, height: 0 };
  #ratio = 1;
  #pixels: PixelMap | null = null;
  #pixelsOf: GridLayout | null = null;
  readonly #canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
  }

  /** Size of the canvas in CSS pixels. */
  get size(): ViewSize {
    return this.#size;
  }

  /** Gives the canvas a size in CSS pixels, and as many of its own as the screen has for them. */
  resize(size: ViewSize, ratio: number): void {
    this.#size = size;
    this.#ratio = ratio;
    this.#canvas.width = Math.round(size.width * ratio);
    this.#canvas.height = Math.round(size.height * ratio);
  }

  /** Takes new paints of the elements [from, to) of a scene; of all when the layout is a new one. */
  repaint({ layout, paint, paints }: StageScene, from: number, to: number): void {
    if (this.#pixels === null || this.#pixelsOf !== layout) {
      this.#pixels = new PixelMap(layout);
      this.#pixelsOf = layout;
      this.#pixels.update(paint, paints.pixels, 0, layout.pages);
    } else this.#pixels.update(paint, paints.pixels, from, to);
  }

  /** Draws the scene. {@link Stage.repaint} must have been called for it. */
  draw(scene: StageScene, camera: Camera): void {
    if (this.#context === null) return;
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.drawOn(this.#context, scene, camera);
  }

  /** Draws the same onto any context, in the units that it has. */
  drawOn(context: DrawingContext, scene: StageScene, camera: Camera): void {
    if (this.#pixels === null) return;
    const view = stageView(camera, scene.layout, this.#size);
    context.fillStyle = scene.palette.panel;
    context.fillRect(0, 0, this.#size.width, this.#size.height);
    drawCells(context, scene, view, this.#pixels);
    drawDifferences(context, scene, view);
    drawBlocks(context, scene, view);
    drawFlushes(context, scene, view);
    drawBrackets(context, scene, view);
    drawMarks(context, scene, view);
    drawTlb(context, scene, view);
    drawCall(context, scene, view);
    drawStroke(context, scene, view);
    drawFocus(context, scene, view);
    drawGutter(context, scene, view);
  }
}
