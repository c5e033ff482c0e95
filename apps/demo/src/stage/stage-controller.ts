import { computed, type ReadonlySignal } from '@preact/signals';
import type { Camera } from '../model/look.ts';
import type { Painter } from '../paint/painter.ts';
import type { MachineShow, Moment, Session } from '../page/session.ts';
import { callAt } from '../model/calls.ts';
import type { Picture } from '../export/picture.ts';
import { boundCamera, fitCamera, MARGIN, panCamera, revealPage, zoomCamera } from './camera.ts';
import { makePaints, paintCells, type Paints } from './cell-paint.ts';
import { gridLayout, pageAt, type GridLayout } from './grid-layout.ts';
import { moveFocus } from './keys.ts';
import type { Palette } from './palette.ts';
import type { StageScene } from './scene.ts';
import { Stage } from './stage.ts';
import { watchPointers } from './pointers.ts';

/** How much a key zooms. */
const KEY_ZOOM = 1.4;

/** Draws one machine onto a canvas whenever something changes, and takes what people do to it. */
export class StageController {
  readonly #session: Session;
  readonly #index: number;
  readonly #palette: ReadonlySignal<Palette>;
  readonly #painter: Painter;
  /** Page where a stroke began. */
  #strokeFrom = 0;
  readonly #stage: Stage;
  readonly #stops: (() => void)[] = [];
  #layout: GridLayout | null = null;
  #paint = new Uint8Array();
  #paints: Paints | null = null;
  #paintsOf: Palette | null = null;
  #painted: MachineShow | null = null;
  #moment: Moment | null = null;
  #frame = 0;

  constructor(
    canvas: HTMLCanvasElement,
    session: Session,
    index: number,
    palette: ReadonlySignal<Palette>,
    painter: Painter,
  ) {
    this.#session = session;
    this.#index = index;
    this.#palette = palette;
    this.#painter = painter;
    this.#stage = new Stage(canvas);
    this.#watchSize(canvas);
    this.#stops.push(
      watchPointers(canvas, {
        pan: (dx, dy) => {
          this.#move((camera) => panCamera(camera, dx, dy));
        },
        zoom: (factor, x, y) => {
          this.#move((camera) => zoomCamera(camera, factor, x, y));
        },
        hover: (x, y) => {
          session.hover.value = x === null ? null : this.#pageAt(x, y);
        },
        press: (x, y) => {
          const page = this.#pageAt(x, y);
          if (page !== null) session.change({ focus: page });
        },
        beginStroke: (x, y) => this.#beginStroke(x, y),
        stroke: (x, y) => {
          const page = this.#pageAt(x, y);
          if (page !== null) this.#stroke(page);
        },
        endStroke: (isWhole) => {
          const { stroke } = painter;
          if (isWhole && stroke.value !== null) painter.paint(stroke.value);
          stroke.value = null;
        },
      }),
    );
    const drawn = computed(() => {
      const { camera } = session.look.value;
      const { value: stroke } = painter.stroke;
      return [
        session.explained.value,
        camera,
        palette.value,
        session.moment.value,
        stroke,
      ] as const;
    });
    this.#stops.push(
      drawn.subscribe(() => {
        this.#take();
      }),
    );
  }

  /** Stops drawing. */
  dispose(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
  }

  /** Handles a key; returns true if it meant something here. */
  key(event: KeyboardEvent): boolean {
    const { size } = this.#stage;
    if (event.key === '+' || event.key === '=' || event.key === '-') {
      const factor = event.key === '-' ? 1 / KEY_ZOOM : KEY_ZOOM;
      this.#move((camera) => zoomCamera(camera, factor, size.width / 2, size.height / 2));
      return true;
    }
    if (event.key === '0') {
      this.#session.change({ camera: null });
      return true;
    }
    const layout = this.#layout;
    if (layout === null) return false;
    const { focus: at } = this.#session.look.value;
    if (event.key === 'Enter' && this.#painter.tool.value !== null) {
      this.#painter.paint({ at, pages: 1 });
      return true;
    }
    const focus = moveFocus(event, layout, at);
    if (focus === null) return false;
    const camera = revealPage(this.#camera(layout), layout, size, focus);
    const { camera: before } = this.#session.look.value;
    this.#session.hover.value = null;
    this.#session.change({ focus, camera: before === null ? null : camera });
    return true;
  }

  /** What is drawn now, to be drawn elsewhere; null if there is nothing. */
  picture(): Picture | null {
    const scene = this.#scene();
    if (scene === null) return null;
    const camera = this.#camera(scene.layout);
    const { width, height } = this.#stage.size;
    const used = (scene.layout.rows - camera.y) * camera.scale + MARGIN.bottom;
    return {
      index: this.#index,
      size: { width, height: Math.min(height, used) },
      draw: (context) => {
        this.#stage.drawOn(context, scene, camera);
      },
    };
  }

  #watchSize(canvas: HTMLCanvasElement): void {
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      if (width === 0 || height === 0) return;
      this.#stage.resize({ width, height }, devicePixelRatio);
      this.#take();
      this.#draw();
    });
    observer.observe(canvas);
    this.#stops.push(() => {
      observer.disconnect();
    });
  }

  #beginStroke(x: number, y: number): boolean {
    if (this.#painter.tool.value === null) return false;
    const page = this.#pageAt(x, y);
    if (page === null) return false;
    this.#session.leadTo(this.#index);
    this.#session.change({ focus: page });
    this.#strokeFrom = page;
    this.#stroke(page);
    return true;
  }

  #stroke(to: number): void {
    const at = Math.min(this.#strokeFrom, to);
    this.#painter.stroke.value = { at, pages: Math.abs(to - this.#strokeFrom) + 1 };
  }

  #pageAt(x: number, y: number): number | null {
    if (this.#layout === null) return null;
    const camera = this.#camera(this.#layout);
    return pageAt(this.#layout, camera.x + x / camera.scale, camera.y + y / camera.scale);
  }

  #camera(layout: GridLayout): Camera {
    const { size } = this.#stage;
    const { camera } = this.#session.look.value;
    const wanted = camera ?? fitCamera(layout, size);
    return boundCamera(wanted, layout, size);
  }

  #move(by: (camera: Camera) => Camera): void {
    if (this.#layout === null) return;
    const moved = by(this.#camera(this.#layout));
    const camera = boundCamera(moved, this.#layout, this.#stage.size);
    this.#session.change({ camera });
  }

  #layoutFor(show: MachineShow): GridLayout | null {
    const { size } = this.#stage;
    const film = show.film;
    if (film === null || size.width === 0) return null;
    const { at, pages } = film.film.before;
    const { contPtes } = film.arch;
    const made = gridLayout(at, pages, size.width / size.height, contPtes);
    const old = this.#layout;
    const same = old?.at === at && old.pages === pages && old.columns === made.columns;
    return same ? old : made;
  }

  /** Takes what is new since the last call; what is drawn follows with the next frame of the screen. */
  #take(): void {
    const machine = this.#session.show.value?.machines[this.#index];
    if (machine === undefined) return;
    const layout = this.#layoutFor(machine);
    if (layout === null || machine.film === null) return;
    const palette = this.#palette.value;
    const { player, flags } = machine.film;
    const isNew =
      this.#layout !== layout || this.#painted !== machine || this.#paintsOf !== palette;
    if (this.#paints === null || this.#paintsOf !== palette) this.#paints = makePaints(palette);
    if (this.#layout?.pages !== layout.pages) this.#paint = new Uint8Array(layout.pages);
    const moment = this.#session.moment.value;
    const touched = this.#moment === moment ? undefined : moment.touched[this.#index];
    const from = isNew ? 0 : (touched?.from ?? 0);
    const to = isNew ? layout.pages : (touched?.to ?? 0);
    this.#moment = moment;
    this.#layout = layout;
    this.#painted = machine;
    this.#paintsOf = palette;
    paintCells(player.frame, flags, palette, this.#paint, from, to);
    const scene = this.#scene();
    if (scene !== null) this.#stage.repaint(scene, from, to);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #scene(): StageScene | null {
    const machine = this.#session.show.value?.machines[this.#index];
    if (!machine?.film) return null;
    if (this.#layout === null || this.#paints === null) return null;
    const { film, player, flags, batches, arch } = machine.film;
    const { position } = player;
    const ended = position >= film.events.count;
    const call = ended ? null : callAt(film, position - 1);
    return {
      layout: this.#layout,
      frame: player.frame,
      flags,
      paint: this.#paint,
      palette: this.#palette.value,
      paints: this.#paints,
      contPtes: arch.contPtes,
      batches,
      position,
      stroke: this.#painter.stroke.value,
      call: call?.at === null || call === null ? null : { at: call.at, pages: call.pages },
      focus: this.#session.explained.value,
      differs: machine.differs,
      tlb: ended ? film.tlb : null,
    };
  }

  #draw(): void {
    const scene = this.#scene();
    if (scene === null) return;
    this.#stage.draw(scene, this.#camera(scene.layout));
  }
}
