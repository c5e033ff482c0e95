import type { DrawingContext } from '../stage/drawing-context.ts';
import type { ViewSize } from '../stage/camera.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** Hundredths of a pixel are more than anyone sees. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) => ` ${name}="${typeof value === 'number' ? short(value) : escaped(value)}"`,
    )
    .join('');
}

const ANCHORS: Readonly<Partial<Record<CanvasTextAlign, string>>> = {
  center: 'middle',
  right: 'end',
  end: 'end',
};

const BASELINES: Readonly<Partial<Record<CanvasTextBaseline, string>>> = {
  middle: 'central',
  top: 'text-before-edge',
  bottom: 'text-after-edge',
};

/** `600 15px system-ui, sans-serif` taken apart. */
const FONT = /^(?:(\d+|bold) )?([\d.]+)px (.+)$/;

/** Notes what is drawn as SVG: an element for each call that leaves something to see. */
export class SvgContext implements DrawingContext {
  fillStyle = '#000';
  strokeStyle = '#000';
  lineWidth = 1;
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  imageSmoothingEnabled = true;
  readonly #size: ViewSize;
  readonly #parts: string[] = [];
  /** Groups that each level of {@link SvgContext.save} has opened. */
  readonly #open: number[] = [0];
  #path = '';
  #dash: readonly number[] = [];
  #clips = 0;

  constructor(size: ViewSize) {
    this.#size = size;
  }

  /** All of it as a file. */
  toString(): string {
    const { width, height } = this.#size;
    const head = attributes({
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${short(width)} ${short(height)}`,
    });
    return `<svg${head}>\n${this.#parts.join('\n')}\n</svg>\n`;
  }

  save(): void {
    this.#open.push(0);
  }

  restore(): void {
    const groups = this.#open.pop() ?? 0;
    this.#parts.push('</g>'.repeat(groups));
  }

  translate(x: number, y: number): void {
    this.#group({ transform: `translate(${short(x)} ${short(y)})` });
  }

  clip(): void {
    const id = `clip-${++this.#clips}`;
    this.#parts.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#group({ 'clip-path': `url(#${id})` });
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${short(x)} ${short(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${short(x)} ${short(y)}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    const [w, h] = [short(width), short(height)];
    this.#path += `M${short(x)} ${short(y)}h${w}v${h}h${short(-width)}z`;
  }

  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash];
  }

  fill(): void {
    if (this.#path === '') return;
    this.#add('path', { d: this.#path, fill: this.fillStyle });
  }

  stroke(): void {
    if (this.#path === '') return;
    const dash = this.#dash.length === 0 ? {} : { 'stroke-dasharray': this.#dash.join(' ') };
    const stroke = { stroke: this.strokeStyle, 'stroke-width': this.lineWidth };
    this.#add('path', { d: this.#path, fill: 'none', ...stroke, ...dash });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add('rect', { x, y, width, height, fill: this.fillStyle });
  }

  fillText(text: string, x: number, y: number): void {
    const [, weight = '', size = '10', family = ''] = FONT.exec(this.font) ?? [];
    const anchor = ANCHORS[this.textAlign];
    const baseline = BASELINES[this.textBaseline];
    const look = attributes({
      x,
      y,
      fill: this.fillStyle,
      'font-size': size,
      'font-family': family,
      ...(weight === '' ? {} : { 'font-weight': weight }),
      ...(anchor === undefined ? {} : { 'text-anchor': anchor }),
      ...(baseline === undefined ? {} : { 'dominant-baseline': baseline }),
    });
    this.#parts.push(`<text xml:space="preserve"${look}>${escaped(text)}</text>`);
  }

  drawImage(
    image: HTMLCanvasElement,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
    dx: number,
    dy: number,
    dw: number,
    dh: number,
  ): void {
    const part = `${short(sx)} ${short(sy)} ${short(sw)} ${short(sh)}`;
    const place = { x: dx, y: dy, width: dw, height: dh };
    const outer = attributes({ ...place, viewBox: part, preserveAspectRatio: 'none' });
    const { width, height } = image;
    const edges = this.imageSmoothingEnabled ? {} : { 'image-rendering': 'pixelated' };
    const inner = attributes({ width, height, href: image.toDataURL('image/png'), ...edges });
    this.#parts.push(`<svg${outer}><image${inner}/></svg>`);
  }

  #group(values: Readonly<Record<string, string>>): void {
    this.#parts.push(`<g${attributes(values)}>`);
    this.#open.push((this.#open.pop() ?? 0) + 1);
  }

  #add(element: string, values: Readonly<Record<string, string | number>>): void {
    this.#parts.push(`<${element}${attributes(values)}/>`);
  }
}
