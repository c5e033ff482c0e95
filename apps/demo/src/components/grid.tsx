import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import type { Cell } from '../model.ts';
import { GridCell } from './grid-cell.tsx';

/** Pages in a row: a contiguous block of arm64 with 4K pages. */
const ROW_PAGES = 16;

function rowsOf(cells: readonly Cell[]): Cell[][] {
  const rows: Cell[][] = [];
  for (let i = 0; i < cells.length; i += ROW_PAGES) rows.push(cells.slice(i, i + ROW_PAGES));
  return rows;
}

/** The contiguous bit of a whole row, or null if its entries differ. */
function rowCont(row: readonly Cell[]): Cell['cont'] {
  const first = row[0]?.cont ?? null;
  return row.length === ROW_PAGES && row.every(({ cont }) => cont === first) ? first : null;
}

const CONT_TEXT = { valid: 'CONT', invalid: 'CONT, not valid' };

const MOVES: Readonly<Partial<Record<string, number>>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -ROW_PAGES,
  ArrowDown: ROW_PAGES,
  Home: -Infinity,
  End: Infinity,
};

interface GridProps {
  readonly label: string;
  readonly cells: readonly Cell[];
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** The entries, one row for each aligned block of 16 pages. The arrow keys move between them. */
export function Grid({ label, cells, page, onPage }: GridProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const bounded = Math.min(Math.max(page + move, 0), cells.length - 1);
    const next = Number.isFinite(move) && bounded !== page + move ? page : bounded;
    onPage(next);
    grid.current?.querySelector<HTMLElement>(`[data-page="${next}"]`)?.focus();
  };
  return (
    <div class="grid" role="grid" aria-label={label} ref={grid} onKeyDown={onKeyDown}>
      {rowsOf(cells).map((row) => {
        const cont = rowCont(row);
        const first = row[0]?.page ?? 0;
        return (
          <div class="row" role="row" key={first}>
            <span class="row-head" role="rowheader">
              {first}
            </span>
            <div class={`block ${cont ?? ''}`} role="presentation">
              {cont !== null && (
                <span class="block-label" aria-hidden="true">
                  {CONT_TEXT[cont]}
                </span>
              )}
              {row.map((cell) => (
                <GridCell key={cell.page} cell={cell} here={cell.page === page} onPage={onPage} />
              ))}
            </div>
          </div>
        );
      })}
    </div>
  );
}
