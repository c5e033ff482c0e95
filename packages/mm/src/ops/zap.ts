import { PAGE_KIND, folioRemoveRmapPmd, folioRemoveRmapPtes } from '@ptelab/folio';
import { makePte, PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch } from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { munlockVmaFolio } from '../vma/mlock-vma-folio.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';

const pte: Pte = makePte();
const cleared: Pte = makePte();

/** Takes one batch of present entries away and returns its length (`zap_present_ptes`). */
function zapPresentPtes(
  mm: AddressSpace,
  gather: MmuGather,
  table: PteTable,
  index: number,
  maxNr: number,
): number {
  const { arch, memmap } = mm.system;
  const page = vmNormalPage(mm, pte);
  const large = page !== NO_PAGE && memmap.folioOrder(page) > 0;
  const nr = large && maxNr > 1 ? folioPteBatch(mm, table, index, pte, maxNr, 0) : 1;
  arch.getAndClearFullPtes(mm, table, index, nr, cleared);
  gather.flushPteRange(table.base + index, nr);
  if (page === NO_PAGE) return nr;
  gather.removesPages = true;
  if (!memmap.isAnon(page)) {
    if (arch.pteDirty(cleared.bits)) memmap.setFolioDirty(page, true);
    if (arch.pteYoung(cleared.bits)) mm.system.lru.markAccessed(memmap.folioHead(page));
  }
  munlockVmaFolio(mm, table.base + index, page);
  folioRemoveRmapPtes(memmap, mm.id, page, nr);
  memmap.folioPut(page, nr);
  return nr;
}

function zapPteRange(
  mm: AddressSpace,
  gather: MmuGather,
  table: PteTable,
  start: number,
  end: number,
): void {
  const { arch } = mm.system;
  for (let index = start; index < end;) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.pteNone(pte)) index++;
    else if (arch.ptePresent(pte.bits)) {
      index += zapPresentPtes(mm, gather, table, index, end - index);
    } else {
      const entry = arch.decodeNonPresent(pte);
      if (entry.kind === 'swap') mm.system.swap.free(entry.offset);
      if (entry.kind.startsWith('device')) {
        throw new UnsupportedError(`unmapping of a ${entry.kind} entry`);
      }
      arch.pteClear(mm, table, index);
      index++;
    }
  }
}

function zapHugePmd(mm: AddressSpace, gather: MmuGather, pmd: HugePmd): void {
  const { arch, memmap } = mm.system;
  mm.setPmd(pmd.base, undefined);
  gather.flushPmdRange(pmd.base, mm.pmdPages);
  if (!arch.ptePresent(pmd.entry.bits)) return; // a migrating page is mapped by nobody
  const head = arch.pmdPfn(pmd.entry);
  if (memmap.pageKind(head) === PAGE_KIND.HUGE_ZERO) return;
  gather.removesPages = true;
  if (!memmap.isAnon(head) && arch.pteYoung(pmd.entry.bits)) mm.system.lru.markAccessed(head);
  munlockVmaFolio(mm, pmd.base, head);
  folioRemoveRmapPmd(memmap, mm.id, head);
  memmap.folioPut(head, 1);
}

/**
 * Takes the mappings of [start, end) away and drops their pages.
 *
 * @kernel mm/memory.c zap_pmd_range, zap_pte_range
 */
export function zapRange(mm: AddressSpace, gather: MmuGather, start: number, end: number): void {
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    let pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd) {
      if (next - vpn === mm.pmdPages) zapHugePmd(mm, gather, pmd);
      else splitHugePmd(mm, pmd);
      pmd = mm.pmd(vpn);
    }
    if (pmd instanceof PteTable) zapPteRange(mm, gather, pmd, vpn - pmd.base, next - pmd.base);
    vpn = next;
  }
}
