/** Colours of the stage, for one theme. CSS colours of six digits. */
export interface Palette {
  readonly back: string;
  readonly panel: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  readonly bad: string;
  readonly flush: string;
  /** Colours of folios of more than one page, after Okabe and Ito. */
  readonly folios: readonly string[];
  /** Folios of a single page. */
  readonly single: string;
  /** Share of a folio's colour in a cell that may be written, that may be read, and that may not be touched. */
  readonly shares: readonly [number, number, number];
}

const FOLIOS = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#d55e00'] as const;

/** On light ground. */
export const LIGHT: Palette = {
  back: '#fdfdfc',
  panel: '#ffffff',
  text: '#1c2126',
  quiet: '#545d66',
  line: '#d9dee3',
  accent: '#0b5cad',
  bad: '#9b3412',
  flush: '#b0528a',
  folios: FOLIOS,
  single: '#9aa4ae',
  shares: [0.72, 0.36, 0.14],
};

/** On dark ground. */
export const DARK: Palette = {
  back: '#11151a',
  panel: '#171c22',
  text: '#e4e8ec',
  quiet: '#a3adb7',
  line: '#2f3740',
  accent: '#7fbcff',
  bad: '#ffb38a',
  flush: '#e09cc6',
  folios: FOLIOS,
  single: '#8793a0',
  shares: [0.38, 0.2, 0.08],
};

function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `share` of `colour` on `ground`. */
export function mix(colour: string, ground: string, share: number): string {
  const over = channels(ground);
  const parts = channels(colour).map((part, i) =>
    Math.round(part * share + (over[i] ?? 0) * (1 - share)),
  );
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A colour as a pixel of image data: red first in memory, opaque. */
export function pixel(colour: string): number {
  const [red, green, blue] = channels(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
