/** What people do to a canvas; places in CSS pixels from its top left corner. */
export interface PointerActions {
  readonly pan: (dx: number, dy: number) => void;
  readonly zoom: (factor: number, x: number, y: number) => void;
  /** The pointer is here; null where it has left. */
  readonly hover: (x: number | null, y: number) => void;
  /** A press without a drag. */
  readonly press: (x: number, y: number) => void;
  /** A drag begins here: true if it is a stroke, which then is told how it goes on, and does not pan. */
  readonly beginStroke: (x: number, y: number) => boolean;
  readonly stroke: (x: number, y: number) => void;
  /** @param isWhole - false if something came between. */
  readonly endStroke: (isWhole: boolean) => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Smaller moves between press and release are no drag. */
const DRAG_START = 4;

/** Zoom for each pixel of the wheel. */
const WHEEL_ZOOM = 0.0018;

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Follows one pointer or two over a canvas, and the wheel. */
class PointerWatch {
  readonly #canvas: HTMLCanvasElement;
  readonly #actions: PointerActions;
  readonly #down = new Map<number, Point>();
  #start: Point | null = null;
  #dragged = false;
  #stroking = false;

  constructor(canvas: HTMLCanvasElement, actions: PointerActions) {
    this.#canvas = canvas;
    this.#actions = actions;
  }

  #place(event: MouseEvent): Point {
    const box = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  readonly down = (event: PointerEvent): void => {
    this.#canvas.setPointerCapture(event.pointerId);
    const place = this.#place(event);
    this.#down.set(event.pointerId, place);
    this.#start = place;
    this.#dragged = this.#down.size > 1;
    if (this.#down.size === 1) this.#stroking = this.#actions.beginStroke(place.x, place.y);
    else this.#endStroke(false);
  };

  readonly move = (event: PointerEvent): void => {
    const place = this.#place(event);
    const last = this.#down.get(event.pointerId);
    if (last === undefined) {
      this.#actions.hover(place.x, place.y);
      return;
    }
    if (this.#start !== null && distance(place, this.#start) > DRAG_START) this.#dragged = true;
    this.#down.set(event.pointerId, place);
    if (this.#stroking) {
      this.#actions.stroke(place.x, place.y);
      return;
    }
    if (!this.#dragged) return;
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) {
      this.#actions.pan(last.x - place.x, last.y - place.y);
      return;
    }
    const before = distance(last, other);
    if (before > 0) this.#actions.zoom(distance(place, other) / before, other.x, other.y);
  };

  readonly up = (event: PointerEvent): void => {
    const place = this.#place(event);
    if (this.#stroking) {
      this.#down.delete(event.pointerId);
      this.#endStroke(event.type === 'pointerup');
      return;
    }
    if (this.#down.delete(event.pointerId) && !this.#dragged) {
      this.#actions.press(place.x, place.y);
    }
  };

  #endStroke(isWhole: boolean): void {
    if (!this.#stroking) return;
    this.#stroking = false;
    this.#actions.endStroke(isWhole);
  }

  readonly leave = (): void => {
    this.#actions.hover(null, 0);
  };

  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey) {
      this.#actions.pan(event.deltaX + event.deltaY, 0);
      return;
    }
    const { x, y } = this.#place(event);
    this.#actions.zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), x, y);
  };
}

/** Tells `actions` what pointers and the wheel do on the canvas; returns what ends that. */
export function watchPointers(canvas: HTMLCanvasElement, actions: PointerActions): () => void {
  const watch = new PointerWatch(canvas, actions);
  canvas.addEventListener('pointerdown', watch.down);
  canvas.addEventListener('pointermove', watch.move);
  canvas.addEventListener('pointerup', watch.up);
  canvas.addEventListener('pointercancel', watch.up);
  canvas.addEventListener('pointerleave', watch.leave);
  canvas.addEventListener('wheel', watch.wheel, { passive: false });
  return () => {
    canvas.removeEventListener('pointerdown', watch.down);
    canvas.removeEventListener('pointermove', watch.move);
    canvas.removeEventListener('pointerup', watch.up);
    canvas.removeEventListener('pointercancel', watch.up);
    canvas.removeEventListener('pointerleave', watch.leave);
    canvas.removeEventListener('wheel', watch.wheel);
  };
}
