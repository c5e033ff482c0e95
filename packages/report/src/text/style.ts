/** What a piece of text means; a {@link Style} decides how that looks. */
export type Tone = 'heading' | 'good' | 'bad' | 'differs' | 'quiet';

/** Wraps text so that a terminal shows it its way. Meaning never depends on it. */
export type Style = Readonly<Record<Tone, (text: string) => string>>;

const same = (text: string): string => text;

/** No colours at all. */
export const PLAIN_STYLE: Style = {
  heading: same,
  good: same,
  bad: same,
  differs: same,
  quiet: same,
};

/** Wraps text in a terminal's sequences (ECMA-48 SGR) that turn a look on and off again. */
function sgr(on: string, off: string): (text: string) => string {
  return (text) => `\u001B[${on}m${text}\u001B[${off}m`;
}

/** Colours of a terminal: blue and yellow rather than green and red, which stay apart for everybody. */
export const TERMINAL_STYLE: Style = {
  heading: sgr('1', '22'),
  good: sgr('34', '39'),
  bad: (text) => sgr('1', '22')(sgr('33', '39')(text)),
  differs: sgr('33', '39'),
  quiet: sgr('2', '22'),
};

/** How results are written. */
export interface RenderOptions {
  /** @defaultValue 'text' */
  readonly format?: 'text' | 'markdown';
  /** Colours of the text format. @defaultValue {@link PLAIN_STYLE} */
  readonly style?: Style;
  /** Columns of the terminal. @defaultValue 80 */
  readonly width?: number;
}

/** Options with defaults filled in. */
export interface Settings {
  readonly markdown: boolean;
  readonly style: Style;
  readonly width: number;
}

/** Fills in the defaults. Markdown has no colours. */
export function settings(options: RenderOptions): Settings {
  const markdown = options.format === 'markdown';
  return {
    markdown,
    style: markdown ? PLAIN_STYLE : (options.style ?? PLAIN_STYLE),
    width: options.width ?? 80,
  };
}
