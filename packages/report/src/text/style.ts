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
