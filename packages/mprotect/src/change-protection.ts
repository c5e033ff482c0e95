import {
  flushTlbBatchedPending,
  HugePmd,
  SharedTable,
  splitHugePmd,
  userfaultfdWpUseMarkers,
  vmaIsAnonymous,
} from '@ptelab/mm';
import { makePte, PteTable, type Pte } from '@ptelab/pte';
import { MM_CP_UFFD_WP } from './cp-flags.ts';
import { changeHugePmd } from './huge-pmd.ts';
import { PteRange, type ProtectionChange } from './pte-range.ts';
import { SharedTables } from './shared-tables.ts';
import { changeNonePte, changeSoftleafPte } from './softleaf.ts';
import type { Strategy } from './strategy.ts';

/** Walks the entries [start, end) of one leaf table. */
function changePteRange(range: PteRange, pte: Pte, start: number, strategy: Strategy): void {
  const { arch, mm, table } = range;
  flushTlbBatchedPending(mm);
  mm.events.leafTables++;
  for (let index = start; index < range.end;) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.ptePresent(pte.bits)) {
      index += strategy.changePresentPtes(range, index, pte);
      continue;
    }
    if (arch.pteNone(pte)) {
      mm.events.emptyEntries++;
      range.pages += changeNonePte(range, index);
    } else {
      mm.events.softleafEntries++;
      range.pages +=
        strategy.changeSoftleafPte?.(range, index, pte) ?? changeSoftleafPte(range, index, pte);
    }
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
  let shared: SharedTables | undefined;
  let range: PteRange | undefined;
  const walk = (table: PteTable, from: number, to: number): number => {
    range ??= new PteRange(change, table);
    range.table = table;
    range.end = to;
    range.batchEnd = 0;
    range.pages = 0;
    changePteRange(range, pte, from, strategy);
    return range.pages;
  };
  const walkWhole = (table: PteTable): number => walk(table, 0, pmdPages);
  let pages = 0;
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    const whole = next - vpn === pmdPages;
    if (marks && mm.leaf(vpn) === undefined) mm.allocTable(vpn);
    let leaf = whole ? mm.leaf(vpn) : mm.pmd(vpn);
    if (leaf instanceof HugePmd) {
      if (!whole || splits) {
        splitHugePmd(mm, leaf);
        leaf = marks ? mm.allocTable(vpn) : mm.pmd(vpn); // a file mapping is gone now
      } else pages += changeHugePmd(change, leaf);
    }
    if (whole) shared ??= new SharedTables(change);
    if (leaf instanceof SharedTable) pages += shared?.change(leaf, walkWhole) ?? 0;
    else if (leaf instanceof PteTable) {
      pages += walk(leaf, vpn - leaf.base, next - leaf.base);
      if (whole) shared?.note(leaf);
    }
    vpn = next;
  }
  shared?.finish();
  return pages;
}
