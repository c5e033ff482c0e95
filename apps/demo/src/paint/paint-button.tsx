import type { JSX } from 'preact';
import { usePageKey } from '../page/page-key.ts';
import { MOST_PAINTED, type Tool } from './edit.ts';
import type { Painter } from './painter.ts';

/** What is in hand at first: a folio as large as a contiguous block. */
const FIRST_TOOL: Tool = { kind: 'folio', order: 4 };

/** Begins and ends painting; P does so from everywhere. */
export function PaintButton({ painter }: { readonly painter: Painter }): JSX.Element {
  const toggle = (): void => {
    if (painter.tool.value !== null) painter.tool.value = null;
    else if (painter.canPaint) painter.tool.value = FIRST_TOOL;
    painter.problem.value = null;
  };
  usePageKey('p', toggle, [painter]);
  const { canPaint } = painter;
  return (
    <button
      type="button"
      aria-pressed={painter.tool.value !== null}
      disabled={!canPaint && painter.tool.value === null}
      title={
        canPaint
          ? 'Change folios and bits by hand (P)'
          : `Page tables of more than ${MOST_PAINTED} entries can't be painted`
      }
      onClick={toggle}
    >
      Paint
    </button>
  );
}
