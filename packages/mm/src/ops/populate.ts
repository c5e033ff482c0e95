import { makePte, VM_READ, VM_WRITE, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { faultWaits } from '../fault/fault-result.ts';
import { handleMmFault } from '../fault/handle.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { VM_PFNMAP } from '../vma/flags.ts';

const pte: Pte = makePte();

/**
 * Brings pages [start, end) in, by reading or by writing. Writing breaks copy-on-write; entries that
 * already allow the access are looked up one by one and left alone.
 *
 * @returns EFAULT if a fault ended in a signal; the pages before it stay.
 * @throws UnsupportedError if a page waits for userfaultfd or for a migration.
 * @kernel mm/gup.c populate_vma_page_range, follow_page_pte
 */
export function populateRange(
  mm: AddressSpace,
  start: number,
  end: number,
  write: boolean,
): 'ok' | 'EFAULT' {
  const { trace } = mm;
  if (trace !== null) {
    mm.trace = (event) => {
      const lookup = event.fn === 'contpte_ptep_get' || event.fn === 'vm_normal_page';
      trace(lookup ? { ...event, caller: 'follow_page_pte' } : event);
    };
  }
  const result = populate(mm, start, end, write);
  mm.trace = trace;
  mm.system.lru.drain();
  return result;
}

/** Populating counts as use (FOLL_TOUCH), and as a write if it is for writing. */
function touch(mm: AddressSpace, page: number, dirties: boolean): void {
  const { lru, memmap } = mm.system;
  if (dirties) memmap.setFolioDirty(page, true);
  lru.markAccessed(memmap.folioHead(page));
}

/** Looks page `vpn` up; returns how many pages are there as wanted, 0 if it must fault. */
function followPages(mm: AddressSpace, vpn: number, write: boolean): number {
  const { arch } = mm.system;
  const pmd = mm.pmd(vpn);
  if (pmd === undefined) return 0;
  if (pmd instanceof HugePmd) {
    const there = arch.ptePresent(pmd.entry.bits) && (!write || arch.pteWrite(pmd.entry.bits));
    return there ? pmd.base + mm.pmdPages - vpn : 0;
  }
  arch.ptepGet(mm, pmd, vpn - pmd.base, pte);
  if (!arch.ptePresent(pte.bits) || arch.pteProtnone(pte.bits)) return 0;
  const page = vmNormalPage(mm, pte);
  if (write && !arch.pteWrite(pte.bits)) return 0;
  if (page !== NO_PAGE) touch(mm, page, write && !arch.pteDirty(pte.bits));
  return 1;
}

function populate(mm: AddressSpace, start: number, end: number, write: boolean): 'ok' | 'EFAULT' {
  for (let vpn = start; vpn < end;) {
    const there = followPages(mm, vpn, write);
    if (there > 0) {
      vpn += there;
      continue;
    }
    const result = handleMmFault(mm, vpn, write ? 'write' : 'read');
    if (faultWaits(result))
      throw new UnsupportedError(`populating a page that waits for ${result}`);
    if (result !== 'ok') return 'EFAULT';
  }
  return 'ok';
}

/**
 * MADV_POPULATE_READ and MADV_POPULATE_WRITE: brings pages in VMA by VMA, up to the first that can't be.
 *
 * @returns ENOMEM at a hole, EINVAL at a VMA that does not allow the access, EFAULT for a signal.
 * @kernel mm/madvise.c madvise_populate, mm/gup.c faultin_page_range
 */
export function madvisePopulate(
  mm: AddressSpace,
  start: number,
  end: number,
  write: boolean,
): 'ok' | 'ENOMEM' | 'EINVAL' | 'EFAULT' {
  for (let vpn = start; vpn < end;) {
    const vma = mm.vmas.lookup(vpn);
    if (vma === undefined) return 'ENOMEM';
    const allowed = (vma.flags & (write ? VM_WRITE : VM_READ)) !== 0;
    if (!allowed || (vma.flags & VM_PFNMAP) !== 0) return 'EINVAL';
    const next = Math.min(end, vma.end);
    if (populateRange(mm, vpn, next, write) !== 'ok') return 'EFAULT';
    vpn = next;
  }
  return 'ok';
}
