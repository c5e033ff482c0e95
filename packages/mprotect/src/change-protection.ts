import {
  flushTlbBatchedPending,
  HugePmd,
  splitHugePmd,
  userfaultfdWpUseMarkers,
  vmaIsAnonymous,
} from '@ptelab/mm';
import { makePte, PteTable, type Pte } from '@ptelab/pte';
import { MM_CP_UFFD_WP } from './cp-flags.ts';
import { changeHugePmd } from './huge-pmd.ts';
import { PteRange, type ProtectionChange } from './pte-range.ts';
import { changeNonePte, changeSoftleafPte } from './softleaf.ts';
import type { Strategy } from './strategy.ts';

/** Walks the entries [start, end) of one leaf table. */
function changePteRange(range: PteRange, pte: Pte, start: number, strategy: Strategy): void {
  const { arch, mm, table } = range;
  flushTlbBatchedPending(mm);
  for (let index = start; index < range.end;) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.ptePresent(pte.bits)) {
      index += strategy.changePresentPtes(range, index, pte);
      continue;
    }
    range.pages += arch.pteNone(pte)
      ? changeNonePte(range, index)
      : (strategy.changeSoftleafPte?.(range, index, pte) ?? changeSoftleafPte(range, index, pte));
    index++;
  }
}

/**
 * Gives the entries of [start, end), all inside one VMA, the VMA's new protection.
 *
 * @param change - what to change; `change.vma` already has its new flags and page protection.
 * @returns the pages changed, as the kernel counts them.
 * @kernel mm/mprotect.c change_protection, change_pmd_range (6.12 .. 7.3)
 */
export function changeProtection(
  change: ProtectionChange,
  start: number,
  end: number,
  strategy: Strategy,
): number {
  const { mm, vma } = change;
  const { pmdPages } = mm;
  const uffdWp = (change.cpFlags & MM_CP_UFFD_WP) !== 0;
  const marks = uffdWp && userfaultfdWpUseMarkers(mm, vma);
  const splits = uffdWp && !vmaIsAnonymous(vma);
  const pte = makePte();
  let range: PteRange | undefined;
  let hugePages = 0;
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    if (marks && mm.pmd(vpn) === undefined) mm.allocTable(vpn);
    let pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd) {
      if (next - vpn !== pmdPages || splits) {
        splitHugePmd(mm, pmd);
        pmd = marks ? mm.allocTable(vpn) : mm.pmd(vpn); // a file mapping is gone now
      } else hugePages += changeHugePmd(change, pmd);
    }
    if (pmd instanceof PteTable) {
      range ??= new PteRange(change, pmd);
      range.table = pmd;
      range.end = next - pmd.base;
      range.batchEnd = 0;
      changePteRange(range, pte, vpn - pmd.base, strategy);
    }
    vpn = next;
  }
  return hugePages + (range?.pages ?? 0);
}
