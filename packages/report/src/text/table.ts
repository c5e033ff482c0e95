import type { Settings, Tone } from './style.ts';

/** Text of a table with a meaning. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** A column; lines of the title stand below each other. */
export interface Column {
  readonly title: string;
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'right';
}

/** A table without decoration. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Cell | string)[])[];
}

function cellOf(cell: Cell | string | undefined): Cell {
  return typeof cell === 'object' ? cell : { text: cell ?? '' };
}

function pad(text: string, width: number, column: Column): string {
  return column.align === 'right' ? text.padStart(width) : text.padEnd(width);
}

function renderText({ columns, rows }: Table, { style }: Settings): string[] {
  const titles = columns.map((column) => column.title.split('\n'));
  const height = Math.max(...titles.map((lines) => lines.length));
  const widths = columns.map((_, i) =>
    Math.max(
      ...(titles[i] ?? []).map((line) => line.length),
      ...rows.map((row) => cellOf(row[i]).text.length),
    ),
  );
  const line = (cells: readonly (Cell | string | undefined)[], tone?: Tone): string => {
    const parts = columns.map((column, i) => {
      const cell = cellOf(cells[i]);
      const padded = pad(cell.text, widths[i] ?? 0, column);
      const look = cell.tone ?? tone;
      const bare = cell.text.trim();
      if (look === undefined || bare === '') return padded;
      // Only the text is coloured, so that padding can be cut off at the end of the line.
      return padded.replace(bare, () => style[look](bare));
    });
    return parts.join('  ').trimEnd();
  };
  const head = Array.from({ length: height }, (_, n) =>
    line(
      titles.map((lines) => lines[n - height + lines.length]),
      'heading',
    ),
  );
  return [...head, ...rows.map((row) => line(row))];
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}

function renderMarkdown({ columns, rows }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => escape(column.title))),
    line(columns.map((column) => (column.align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((_, i) => escape(cellOf(row[i]).text)))),
  ];
}

/** Writes a table as lines: aligned columns, or a Markdown table. */
export function renderTable(table: Table, settings: Settings): string[] {
  return settings.markdown ? renderMarkdown(table) : renderText(table, settings);
}
