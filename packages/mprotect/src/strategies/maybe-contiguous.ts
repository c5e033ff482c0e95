import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { merged } from './merged.ts';
import { perPte } from './per-pte.ts';

/**
 * True if the entry behind maps the next frame. The last entry of the range has none behind it that
 * may be looked at: it could be that of another VMA, or lie outside the table.
 */
function maybeContiguousPtePfns(range: PteRange, index: number, pte: Readonly<Pte>): boolean {
  const { arch, mm, table, partOld: next } = range;
  if (index + 1 === range.end) return false;
  if (arch.pteBatchHint(index, pte.bits) !== 1) return true;
  arch.ptepGet(mm, table, index + 1, next);
  return arch.ptePresent(next.bits) && arch.ptePfn(next) === arch.ptePfn(pte) + 1;
}

/**
 * Looks at the next entry before it looks for the folio: if frames do not follow each other, nothing
 * can be batched, and the entry goes alone. Costs one read more per entry.
 *
 * An idea of the first mremap batching, where the frames' distance was compared with the page size by
 * mistake and the test hardly ever held. Here it is what was meant. Single pages often lie in a row
 * by luck, so that it says yes more often than there is a folio.
 */
export const maybeContiguous: Strategy = defineStrategy({
  name: 'maybe-contiguous',
  summary: 'looks for a folio only where the next entry maps the next frame',
  source: 'linux-mm, mremap batching v1, May 2025: maybe_contiguous_pte_pfns',

  changePresentPtes(range, index, pte) {
    const single = !range.protNuma && !maybeContiguousPtePfns(range, index, pte);
    return (single ? perPte : merged).changePresentPtes(range, index, pte);
  },
});
