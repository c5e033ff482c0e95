/**
 * After Okabe and Ito: told apart by everybody. Their yellow and light blue are left out and the others
 * are darker on light ground and lighter on dark ground, so that each has a contrast of 3 to 1.
 */
const HUES: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'],
  ['#c9510a', '#f0883e'],
  ['#00805c', '#2bc297'],
  ['#b0528a', '#e09cc6'],
  ['#8f6a00', '#e6b23c'],
  ['#3d4650', '#c3ccd5'],
];

/** How the lines of a series beyond the sixth, which have the same colours again, are told apart. */
const DASHES: readonly (string | undefined)[] = [undefined, '6 4', '2 3'];

/** The class that colours a series. */
export function hueClass(index: number): string {
  return `pl-${index % HUES.length}`;
}

/** The dashes of a series' line; undefined for a whole line. */
export function dashes(index: number): string | undefined {
  return DASHES[Math.floor(index / HUES.length) % DASHES.length];
}

function rules(which: 0 | 1, ink: string, quiet: string, grid: string, back: string): string {
  const hues = HUES.map((pair, i) => `.pl-${i}{--hue:${pair[which]}}`);
  return `.pl{--ink:${ink};--quiet:${quiet};--grid:${grid};--back:${back}}${hues.join('')}`;
}

/** The style sheet of plots: every plot carries it, so that it can stand alone. */
export const PLOT_STYLE: string = [
  rules(0, '#1c2126', '#545d66', '#d9dee3', '#fdfdfc'),
  `@media (prefers-color-scheme:dark){${rules(1, '#e4e8ec', '#a3adb7', '#343c45', '#11151a')}}`,
  '.pl{font:13px system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif}',
  '.pl text{fill:var(--ink)}',
  '.pl .pl-title{font-weight:600;font-size:15px}',
  '.pl .pl-quiet{fill:var(--quiet)}',
  '.pl .pl-back{fill:var(--back)}',
  '.pl .pl-halo{stroke:var(--back);stroke-width:4px;paint-order:stroke;stroke-linejoin:round}',
  '.pl .pl-grid{stroke:var(--grid)}',
  '.pl .pl-axis{stroke:var(--quiet)}',
  '.pl .pl-reference{stroke:var(--quiet);stroke-dasharray:4 3}',
  '.pl .pl-line{fill:none;stroke:var(--hue);stroke-width:2;stroke-linejoin:round}',
  '.pl .pl-band{fill:var(--hue);fill-opacity:.16}',
  '.pl .pl-mark{fill:var(--hue);stroke:var(--back)}',
  '.pl .pl-ring{fill:none;stroke:var(--hue);stroke-width:2.5}',
  '.pl .pl-span{fill:none;stroke:var(--hue);stroke-width:2}',
  '.pl .pl-bar{fill:var(--hue)}',
  '.pl .pl-whisker{fill:none;stroke:var(--ink);stroke-width:1.5}',
  '.pl .pl-under{stroke:var(--back);stroke-width:4}',
].join('');
