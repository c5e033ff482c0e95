import type { JSX } from 'preact';
import type { Cell } from '../model.ts';
import { folioText } from '../text.ts';

/** Folio colours in the style sheet. */
const HUES = 7;

const NONE = '·';

function marks({ write, dirty, protNone, exclusive }: Cell): string {
  const access = protNone ? 'N' : write ? 'W' : NONE;
  return `${access}${dirty ? 'D' : NONE}${exclusive === true ? 'E' : NONE}`;
}

function describe(cell: Cell): string {
  if (!cell.present) return cell.raw === null ? 'no page table' : 'not present';
  const words = [
    cell.folio === null ? null : `folio ${folioText(cell.folio)}`,
    cell.protNone ? 'PROT_NONE' : cell.write ? 'writable' : 'not writable',
    cell.dirty ? 'dirty' : null,
    cell.exclusive === true ? 'exclusive' : null,
    cell.cont === null ? null : cell.cont === 'valid' ? 'contiguous' : 'contiguous, not valid',
    cell.changed ? 'changed by this step' : null,
  ];
  return words.filter((word) => word !== null).join(', ');
}

interface GridCellProps {
  readonly cell: Cell;
  /** True for the page whose entry is explained. */
  readonly here: boolean;
  readonly onPage: (page: number) => void;
}

/** One entry: the letter of its folio and its marks. */
export function GridCell({ cell, here, onPage }: GridCellProps): JSX.Element {
  const classes = [
    'cell',
    cell.folio === null ? 'empty' : `hue-${cell.folio % HUES}`,
    cell.protNone ? 'prot-none' : '',
    cell.changed ? 'changed' : '',
    here ? 'here' : '',
  ];
  const show = (): void => {
    onPage(cell.page);
  };
  return (
    <span
      class={classes.filter(Boolean).join(' ')}
      role="gridcell"
      tabIndex={here ? 0 : -1}
      aria-selected={here}
      aria-label={`page ${cell.page}: ${describe(cell)}`}
      data-page={cell.page}
      onFocus={show}
      onMouseEnter={show}
      onClick={show}
    >
      {cell.present && (
        <>
          <b>{cell.folio === null ? NONE : folioText(cell.folio)}</b>
          <code>{marks(cell)}</code>
        </>
      )}
    </span>
  );
}
