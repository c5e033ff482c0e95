import {
  folioAddRmapPtes,
  folioTryDupAnonRmapPmd,
  folioTryDupAnonRmapPtes,
  PAGE_KIND,
} from '@ptelab/folio';
import { makePte, MARKER_GUARD, MARKER_POISONED, PteTable, type Pte } from '@ptelab/pte';
import { AddressSpace } from '../address-space.ts';
import {
  folioPteBatch,
  FPB_MERGE_WRITE,
  FPB_RESPECT_DIRTY,
  FPB_RESPECT_SOFT_DIRTY,
} from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { VM_DONTCOPY, VM_LOCKED, VM_SPECIAL, VM_UFFD_MISSING, VM_UFFD_WP } from '../vma/flags.ts';
import {
  isCowMapping,
  isShared,
  vmaIsAnonymous,
  vmaSoftDirtyEnabled,
  type Vma,
} from '../vma/vma.ts';
import { zapRange } from './zap.ts';

const source: Pte = makePte();

/** Copies one batch of present entries to the child; returns its length (`copy_present_ptes`). */
function copyPresentPtes(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  from: PteTable,
  to: PteTable,
  index: number,
  maxNr: number,
): number {
  const { arch, memmap } = parent.system;
  const page = vmNormalPage(parent, source);
  let nr = 1;
  if (page !== NO_PAGE) {
    if (maxNr > 1 && memmap.folioOrder(page) > 0) {
      const softDirty = vmaSoftDirtyEnabled(arch.softDirty, vma) ? FPB_RESPECT_SOFT_DIRTY : 0;
      const dirty = isShared(vma) ? 0 : FPB_RESPECT_DIRTY;
      const flags = FPB_MERGE_WRITE | softDirty | dirty;
      nr = folioPteBatch(parent, from, index, source, maxNr, flags);
    }
    memmap.folioRefAdd(page, nr);
    if (!memmap.isAnon(page)) folioAddRmapPtes(memmap, child.id, page, nr);
    else if (!folioTryDupAnonRmapPtes(memmap, child.id, page, nr)) {
      throw new UnsupportedError('fork of a pinned page');
    }
  }
  let bits = source.bits;
  if (isCowMapping(vma.flags) && arch.pteWrite(bits)) {
    arch.wrprotectPtes(parent, from, index, nr);
    bits = arch.pteWrprotect(bits);
  }
  if (isShared(vma)) bits = arch.pteMkclean(bits);
  bits = arch.pteMkold(bits);
  bits = arch.pteClearUffdWp(bits);
  arch.setPtes(child, to, index, { pfn: source.pfn, bits }, nr);
  return nr;
}

function copyHugePmd(parent: AddressSpace, child: AddressSpace, vma: Vma, pmd: HugePmd): void {
  const { arch, memmap } = parent.system;
  if (!vmaIsAnonymous(vma)) return; // file mappings fault in again
  if (!arch.ptePresent(pmd.entry.bits)) {
    throw new UnsupportedError('fork of a huge migration entry');
  }
  const head = arch.pmdPfn(pmd.entry);
  if (memmap.pageKind(head) !== PAGE_KIND.HUGE_ZERO) {
    memmap.folioRefAdd(head, 1);
    if (!folioTryDupAnonRmapPmd(memmap, child.id, head)) {
      throw new UnsupportedError('fork of a pinned huge page');
    }
  }
  pmd.entry.bits = arch.pteWrprotect(pmd.entry.bits);
  const bits = arch.pteClearUffdWp(arch.pteMkold(pmd.entry.bits));
  const entry = { pfn: pmd.entry.pfn, bits };
  child.setPmd(pmd.base, new HugePmd(pmd.base, entry));
}

/**
 * Copies a non-present entry to the child. A swapped page is exclusive to nobody from then on; of
 * markers guards and poison are inherited, userfaultfd's are not.
 *
 * @kernel mm/memory.c copy_nonpresent_pte, copy_pte_marker
 */
function copyNonPresentPte(
  parent: AddressSpace,
  child: AddressSpace,
  from: PteTable,
  index: number,
): void {
  const { arch, swap } = parent.system;
  const entry = arch.decodeNonPresent(source);
  if (entry.kind === 'marker') {
    const offset = entry.offset & (MARKER_GUARD | MARKER_POISONED);
    if (offset === 0) return;
    arch.encodeNonPresent({ ...entry, offset }, source);
    arch.setPtes(child, child.allocTable(from.base), index, source, 1);
    return;
  }
  if (entry.kind !== 'swap') throw new UnsupportedError(`fork of a ${entry.kind} entry`);
  swap.duplicate(entry.offset);
  const shared = { ...entry, exclusive: false };
  if (entry.exclusive) {
    arch.encodeNonPresent(shared, source);
    arch.setPtes(parent, from, index, source, 1);
  }
  arch.encodeNonPresent({ ...shared, uffdWp: false }, source);
  arch.setPtes(child, child.allocTable(from.base), index, source, 1);
}

function copyPteRange(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  from: PteTable,
  start: number,
  end: number,
): void {
  const { arch } = parent.system;
  for (let index = start; index < end;) {
    arch.ptepGet(parent, from, index, source);
    if (arch.pteNone(source)) index++;
    else if (!arch.ptePresent(source.bits)) {
      copyNonPresentPte(parent, child, from, index);
      index++;
    } else {
      const to = child.allocTable(from.base);
      index += copyPresentPtes(parent, child, vma, from, to, index, end - index);
    }
  }
}

/** True if the child can't get the entries back by faulting. */
function needsCopy(vma: Vma): boolean {
  return vma.anonVma !== null || (vma.flags & VM_SPECIAL) !== 0;
}

/** What the child takes over beside its memory: limits, personality and protection keys. */
function inherit(parent: AddressSpace, child: AddressSpace): void {
  Object.assign(child.limits, parent.limits);
  child.readImpliesExec = parent.readImpliesExec;
  child.denyWriteExec = parent.denyWriteExec;
  child.executeOnlyPkey = parent.executeOnlyPkey;
  for (const pkey of parent.pkeys) child.pkeys.add(pkey);
}

/**
 * `fork`: the child gets the VMAs, and the entries of those with anonymous pages. Writable private
 * entries lose write permission on both sides, and no page stays exclusive.
 *
 * @kernel kernel/fork.c dup_mmap, mm/memory.c copy_page_range
 */
export function fork(parent: AddressSpace): AddressSpace {
  const child = new AddressSpace(parent.system);
  inherit(parent, child);
  for (const vma of parent.vmas.all) {
    if ((vma.flags & VM_DONTCOPY) !== 0) continue;
    const copy = vma.cloneRange(vma.start, vma.end);
    // A child is watched by nobody: userfaultfd registrations are not inherited.
    copy.flags &= ~(VM_LOCKED | VM_UFFD_WP | VM_UFFD_MISSING);
    copy.uffd = 0;
    if (vma.anonVma !== null) copy.anonVma = { id: parent.system.nextId() };
    child.vmas.insert(copy);
    if (!needsCopy(copy)) continue;
    for (let vpn = vma.start; vpn < vma.end;) {
      const next = parent.pmdAddrEnd(vpn, vma.end);
      const pmd = parent.pmd(vpn);
      if (pmd instanceof HugePmd) copyHugePmd(parent, child, vma, pmd);
      if (pmd instanceof PteTable) {
        copyPteRange(parent, child, vma, pmd, vpn - pmd.base, next - pmd.base);
      }
      vpn = next;
    }
  }
  parent.system.arch.flushTlbMm(parent);
  return child;
}

/** The process ends: all of its mappings go away. */
export function exitMmap(mm: AddressSpace): void {
  const gather = new MmuGather(mm);
  for (const vma of [...mm.vmas.all]) {
    zapRange(mm, gather, vma.start, vma.end);
    mm.vmas.remove(vma);
  }
  // A process always has pages of its own, even if the story gave it none.
  gather.removesPages = true;
  gather.finish();
  mm.clearPageTables();
  mm.system.spaces.delete(mm);
}
