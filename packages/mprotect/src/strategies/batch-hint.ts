import { defineStrategy, type Strategy } from '../strategy.ts';
import { merged } from './merged.ts';
import { perPte } from './per-pte.ts';

/**
 * Batches only where the architecture says by a bit that a block belongs together: arm64 contiguous
 * blocks. All other entries go one by one and need no folio lookup, but for the one that giving
 * private memory its write permission back takes anyhow.
 *
 * What mremap does since 6.17 and what was proposed for mprotect in July 2026, there for shared
 * mappings only. On x86-64, where no bit says so, it is `per-pte`, and large folios lose their batches.
 * The NUMA scanner needs the folio in any case, and skips by it.
 */
export const batchHint: Strategy = defineStrategy({
  name: 'batch-hint',
  summary: 'batches only where contiguous entries show it, without a folio lookup elsewhere',
  source: 'linux-mm, July 2026, after mm/mremap.c mremap_folio_pte_batch (6.17; 0b5be138ce00)',

  changePresentPtes(range, index, pte) {
    const single = !range.protNuma && range.arch.pteBatchHint(index, pte.bits) === 1;
    return (single ? perPte : merged).changePresentPtes(range, index, pte);
  },
});
