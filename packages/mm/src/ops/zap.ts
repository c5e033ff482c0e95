import { PAGE_KIND, folioRemoveRmapPmd, folioRemoveRmapPtes } from '@ptelab/folio';
import {
  makePte,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  markerEntry,
  PteTable,
  type NonPresentEntry,
  type Pte,
} from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch } from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { munlockVmaFolio } from '../vma/mlock-vma-folio.ts';
import { userfaultfdWp, vmaIsAnonymous, type Vma } from '../vma/vma.ts';
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

/**
 * Pages whose memory is dropped while the mapping stays keep what userfaultfd and guard regions have marked.
 *
 * @kernel mm/memory.c zap_nonpresent_ptes
 */
function keepsMarker(vma: Vma | undefined, { kind, offset }: NonPresentEntry): boolean {
  if (kind !== 'marker') return false;
  if ((offset & MARKER_GUARD) !== 0) return true;
  return (offset & MARKER_UFFD_WP) !== 0 && vma !== undefined && !vmaIsAnonymous(vma);
}

/** Leaves markers for protected pages of a file (`zap_install_uffd_wp_if_needed`). */
function installMarkers(mm: AddressSpace, table: PteTable, index: number, nr: number): void {
  const { arch } = mm.system;
  const vma = mm.vmas.lookup(table.base + index);
  const protects = vma !== undefined && !vmaIsAnonymous(vma) && userfaultfdWp(vma);
  if (!protects || !arch.pteUffdWp(cleared.bits)) return;
  const marker = makePte();
  arch.encodeNonPresent(markerEntry(MARKER_UFFD_WP), marker);
  for (let i = 0; i < nr; i++) arch.setPtes(mm, table, index + i, marker, 1);
}

function zapPteRange(
  mm: AddressSpace,
  gather: MmuGather,
  table: PteTable,
  [start, end]: readonly [number, number],
  dropMarkers: boolean,
): void {
  const { arch } = mm.system;
  for (let index = start; index < end;) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.pteNone(pte)) index++;
    else if (arch.ptePresent(pte.bits)) {
      const nr = zapPresentPtes(mm, gather, table, index, end - index);
      if (!dropMarkers) installMarkers(mm, table, index, nr);
      index += nr;
    } else {
      const entry = arch.decodeNonPresent(pte);
      if (!dropMarkers && keepsMarker(mm.vmas.lookup(table.base + index), entry)) {
        index++;
        continue;
      }
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
 * @param dropMarkers - the mapping goes, too, and with it what userfaultfd and guard regions have marked.
 * @kernel mm/memory.c zap_pmd_range, zap_pte_range
 */
export function zapRange(
  mm: AddressSpace,
  gather: MmuGather,
  start: number,
  end: number,
  dropMarkers = false,
): void {
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    let pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd) {
      if (next - vpn === mm.pmdPages) zapHugePmd(mm, gather, pmd);
      else splitHugePmd(mm, pmd);
      pmd = mm.pmd(vpn);
    }
    if (pmd instanceof PteTable) {
      zapPteRange(mm, gather, pmd, [vpn - pmd.base, next - pmd.base], dropMarkers);
    }
    vpn = next;
  }
}
