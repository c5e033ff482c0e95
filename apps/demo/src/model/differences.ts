import type { Touched } from './film-player.ts';
import type { TableFrame } from './table-frame.ts';

/** Marks in `differs` which of the elements [from, to) are not the same in both frames. */
export function markDifferences(
  a: TableFrame,
  b: TableFrame,
  { from, to }: Touched,
  differs: Uint8Array,
): void {
  for (let i = from; i < to; i++) {
    const same =
      a.kind[i] === b.kind[i] &&
      a.bits[i] === b.bits[i] &&
      a.pfn[i] === b.pfn[i] &&
      a.exclusive[i] === b.exclusive[i];
    differs[i] = same ? 0 : 1;
  }
}
