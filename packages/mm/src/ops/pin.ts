import { makePte, VM_READ, VM_WRITE } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { faultWaits } from '../fault/fault-result.ts';
import { handleMmFault } from '../fault/handle.ts';
import { unshareFault } from '../fault/unshare.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { VM_PFNMAP } from '../vma/flags.ts';
import { isCowMapping, isShared, vmaIsAnonymous, type Vma } from '../vma/vma.ts';

/** What the device does with pinned pages. */
export type PinAccess = 'read' | 'write';

/** What the look-up of a page came to: its frame, or the fault that has to come first. */
type Followed = { readonly pfn: number } | 'fault' | 'unshare' | 'EFAULT';

/** More faults than this for one page mean that the model does not make progress. */
const MAX_FAULTS = 8;

/**
 * True if the VMA allows the pin. A shared file whose file system must hear of writes can't be pinned
 * for writing for a long time: nobody would tell it.
 *
 * @kernel mm/gup.c check_vma_flags, writable_file_mapping_allowed (6.4 on)
 */
function allowsPin(vma: Vma, access: PinAccess): boolean {
  if ((vma.flags & VM_PFNMAP) !== 0) return false;
  if (access === 'read') return (vma.flags & VM_READ) !== 0;
  if ((vma.flags & VM_WRITE) === 0) return false;
  const tracksDirty = vma.file !== null && (vma.file.pageMkwrite || vma.file.canWriteback);
  return vmaIsAnonymous(vma) || !isShared(vma) || !tracksDirty;
}

/**
 * True if a page that is mapped read-only is, or may become, another one than the process sees after its
 * next write: a pin of it would look at the wrong page.
 *
 * @kernel mm/internal.h gup_must_unshare (FOLL_PIN and FOLL_LONGTERM)
 */
function gupMustUnshare(mm: AddressSpace, vma: Vma, pfn: number): boolean {
  const { memmap } = mm.system;
  return memmap.isAnon(pfn) ? !memmap.anonExclusive(pfn) : isCowMapping(vma.flags);
}

function checked(
  mm: AddressSpace,
  vma: Vma,
  bits: number,
  access: PinAccess,
  tested: number,
  pfn: number,
): Followed {
  if (mm.system.arch.pteWrite(bits)) return { pfn };
  if (access === 'write') return 'fault';
  return gupMustUnshare(mm, vma, tested) ? 'unshare' : { pfn };
}

/** Looks a page up (`follow_page_mask`). */
function followPage(mm: AddressSpace, vma: Vma, vpn: number, access: PinAccess): Followed {
  const { arch, zeroPfn } = mm.system;
  const pmd = mm.pmd(vpn);
  if (pmd === undefined) return 'fault';
  if (pmd instanceof HugePmd) {
    const { bits } = pmd.entry;
    if (!arch.ptePresent(bits) || arch.pteProtnone(bits)) return 'fault';
    const head = arch.pmdPfn(pmd.entry);
    return checked(mm, vma, bits, access, head, head + (vpn - pmd.base));
  }
  const pte = makePte();
  arch.ptepGet(mm, pmd, vpn - pmd.base, pte);
  if (!arch.ptePresent(pte.bits) || arch.pteProtnone(pte.bits)) return 'fault';
  const pfn = arch.ptePfn(pte);
  if (vmNormalPage(mm, pte) === NO_PAGE && pfn !== zeroPfn) return 'EFAULT';
  return checked(mm, vma, pte.bits, access, pfn, pfn);
}

/** Frame of the page, brought in and made exclusive as needed; null if that is not allowed. */
function pinnable(mm: AddressSpace, vpn: number, access: PinAccess): number | null {
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined || !allowsPin(vma, access)) return null;
  for (let faults = 0; faults <= MAX_FAULTS; faults++) {
    const followed = followPage(mm, vma, vpn, access);
    if (followed === 'EFAULT') return null;
    if (typeof followed === 'object') return followed.pfn;
    const result =
      followed === 'unshare' ? unshareFault(mm, vma, vpn) : handleMmFault(mm, vpn, access);
    if (faultWaits(result)) throw new UnsupportedError(`a pin that waits for ${result}`);
    if (result !== 'ok') return null;
  }
  throw new Error(`pin of page ${vpn} still faults after ${MAX_FAULTS} faults`);
}

/**
 * Pins pages [start, end) for DMA, for a long time. Pages come in by faults; a page that is shared by
 * copy-on-write is copied first, so that device and process go on looking at the same one.
 *
 * @returns how many pages were pinned, or EFAULT if not even the first could be.
 * @throws UnsupportedError if a page waits for userfaultfd or for a migration.
 * @kernel mm/gup.c pin_user_pages (FOLL_LONGTERM, and FOLL_WRITE for `write`)
 */
export function pin(
  mm: AddressSpace,
  start: number,
  end: number,
  access: PinAccess,
): number | 'EFAULT' {
  mm.hasPinned = true;
  for (let vpn = start; vpn < end; vpn++) {
    const pfn = pinnable(mm, vpn, access);
    if (pfn === null) return vpn === start ? 'EFAULT' : vpn - start;
    mm.system.memmap.folioPin(pfn);
    const frames = mm.pins.get(vpn);
    if (frames === undefined) mm.pins.set(vpn, [pfn]);
    else frames.push(pfn);
  }
  return end - start;
}

/**
 * Gives the last pin of each page of [start, end) back. The pages are those that were pinned, whatever
 * is mapped there now.
 *
 * @throws RangeError for a page that is not pinned.
 * @kernel mm/gup.c unpin_user_pages
 */
export function unpin(mm: AddressSpace, start: number, end: number): void {
  for (let vpn = start; vpn < end; vpn++) {
    const frames = mm.pins.get(vpn);
    const pfn = frames?.pop();
    if (pfn === undefined) throw new RangeError(`unpin of page ${vpn}, which is not pinned`);
    if (frames?.length === 0) mm.pins.delete(vpn);
    mm.system.memmap.folioUnpin(pfn);
  }
}
