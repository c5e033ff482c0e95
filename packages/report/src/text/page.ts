import { settings, type RenderOptions, type Settings, type Tone } from './style.ts';
import { renderTable, type Table } from './table.ts';
import { wrap } from './wrap.ts';

/** Longer lines are hard to read. */
const LONGEST_LINE = 100;

/** Text that grows from top to bottom: headings, lines and tables with an empty line between them. */
export class Page {
  readonly settings: Settings;
  readonly #blocks: string[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** A heading: level 1 for a whole result, 2 for its parts. */
  heading(text: string, level: 1 | 2): void {
    const { markdown, style } = this.settings;
    this.#blocks.push(markdown ? `${level === 1 ? '##' : '###'} ${text}` : style.heading(text));
  }

  /** Prose, broken into lines of the terminal's width. Nothing if it is empty. */
  paragraph(text: string): void {
    if (text === '') return;
    const { markdown, width } = this.settings;
    this.#blocks.push(markdown ? text : wrap(text, Math.min(width, LONGEST_LINE)).join('\n'));
  }

  /** Lines that belong together. Nothing if there are none. */
  lines(lines: readonly string[], tone?: Tone): void {
    if (lines.length === 0) return;
    const { markdown, style } = this.settings;
    const look = tone === undefined ? (text: string) => text : style[tone];
    this.#blocks.push(lines.map((line) => (markdown ? `- ${line}` : look(line))).join('\n'));
  }

  /** A table. Nothing if it has no rows. */
  table(table: Table): void {
    if (table.rows.length > 0) this.#blocks.push(renderTable(table, this.settings).join('\n'));
  }

  /** Text of another language, as it is. */
  code(text: string, language: string): void {
    const bare = text.replace(/\n$/, '');
    this.#blocks.push(
      this.settings.markdown
        ? `\`\`\`${language}\n${bare}\n\`\`\``
        : bare.replaceAll(/^(?=.)/gm, '  '),
    );
  }

  /** The text, ending in a newline. */
  toString(): string {
    return `${this.#blocks.join('\n\n')}\n`;
  }
}

/** Starts an empty page. */
export function startPage(options: RenderOptions = {}): Page {
  return new Page(settings(options));
}
