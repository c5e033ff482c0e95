import type { GridLayout } from './grid-layout.ts';

/** What of a key press matters here. */
export type FocusKey = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Pages that an arrow key with Shift goes at once: a contiguous block of 4K pages. */
const BLOCK = 16;

function moveOf(event: FocusKey, { columns, pages }: GridLayout): number | null {
  const rows = event.shiftKey ? BLOCK : 1;
  switch (event.key) {
    case 'ArrowLeft':
      return -(event.shiftKey ? BLOCK : 1);
    case 'ArrowRight':
      return event.shiftKey ? BLOCK : 1;
    case 'ArrowUp':
      return -columns * rows;
    case 'ArrowDown':
      return columns * rows;
    case 'PageUp':
      return -columns * BLOCK;
    case 'PageDown':
      return columns * BLOCK;
    case 'Home':
      return -pages;
    case 'End':
      return pages;
    default:
      return null;
  }
}

/** The page that a key moves the focus to, or null if it does not move it. */
export function moveFocus(event: FocusKey, layout: GridLayout, focus: number): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const move = moveOf(event, layout);
  if (move === null) return null;
  const last = layout.at + layout.pages - 1;
  return Math.min(Math.max(focus + move, layout.at), last);
}
