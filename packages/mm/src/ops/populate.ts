import { makePte, PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { handleMmFault } from '../fault/handle.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { vmNormalPage } from '../vm-normal-page.ts';

const pte: Pte = makePte();

/**
 * Brings pages [start, end) of a locked, writable VMA in, breaking copy-on-write. Entries that are
 * already writable are looked up one by one and left alone.
 *
 * @kernel mm/gup.c populate_vma_page_range, follow_page_pte
 */
export function populateRange(mm: AddressSpace, start: number, end: number): void {
  const { trace } = mm;
  if (trace !== null) {
    mm.trace = (event) => {
      const lookup = event.fn === 'contpte_ptep_get' || event.fn === 'vm_normal_page';
      trace(lookup ? { ...event, caller: 'follow_page_pte' } : event);
    };
  }
  populate(mm, start, end);
  mm.trace = trace;
}

function populate(mm: AddressSpace, start: number, end: number): void {
  const { arch } = mm.system;
  for (let vpn = start; vpn < end; vpn++) {
    const pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd && arch.pteWrite(pmd.entry.bits)) {
      vpn = pmd.base + mm.pmdPages - 1;
      continue;
    }
    if (pmd instanceof PteTable) {
      arch.ptepGet(mm, pmd, vpn - pmd.base, pte);
      if (arch.ptePresent(pte.bits) && !arch.pteProtnone(pte.bits)) {
        vmNormalPage(mm, pte);
        if (arch.pteWrite(pte.bits)) continue;
      }
    }
    if (handleMmFault(mm, vpn, 'write') !== 'ok') return;
  }
}
