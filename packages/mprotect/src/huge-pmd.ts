import { isShared, type HugePmd } from '@ptelab/mm';
import { makePte } from '@ptelab/pte';
import { applyUffd, MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';
import type { ProtectionChange } from './pte-range.ts';
import { changedEntry } from './softleaf.ts';
import { maybeChangePteWritable, privatePageWritable } from './writable.ts';

/** The test of a huge entry; a private huge page has one exclusive flag, on its head page. */
function canChangePmdWritable(change: ProtectionChange, pmd: HugePmd, bits: number): boolean {
  const { mm, vma } = change;
  mm.events.upgradeTests++;
  if (!maybeChangePteWritable(mm, vma, bits)) return false;
  if (isShared(vma)) return mm.system.arch.pteDirty(bits);
  const head = mm.system.arch.pmdPfn(pmd.entry);
  return privatePageWritable(mm, head);
}

/**
 * Changes a huge mapping as a whole; returns the base pages to count, 0 for a non-present one.
 *
 * @kernel mm/huge_memory.c change_huge_pmd
 */
export function changeHugePmd(change: ProtectionChange, pmd: HugePmd): number {
  const { mm, gather, cpFlags } = change;
  const { arch } = mm.system;
  if (!arch.ptePresent(pmd.entry.bits)) return changeHugeSoftleaf(change, pmd);
  const old = { ...pmd.entry };
  const new_ = makePte();
  // From here to the store hardware must not set accessed or dirty: arm64 flushes right away.
  if (arch.pmdInvalidateAdFlushes) arch.flushPmdTlbRange(mm, pmd.base);
  arch.pmdModify(old, arch.pmdProt(change.newprot), new_);
  new_.bits = applyUffd(arch, cpFlags, new_.bits);
  const wantsWrite = (cpFlags & MM_CP_TRY_CHANGE_WRITABLE) !== 0 && !arch.pteWrite(new_.bits);
  if (wantsWrite && canChangePmdWritable(change, pmd, new_.bits)) {
    new_.bits = arch.pteMkwrite(new_.bits);
  }
  pmd.entry.pfn = new_.pfn;
  pmd.entry.bits = new_.bits;
  if (arch.hugePmdNeedsFlush(old, new_)) gather.flushPmdRange(pmd.base, mm.pmdPages);
  return mm.pmdPages;
}

/** A non-present entry changes like one of a single page, but does not count. */
function changeHugeSoftleaf(change: ProtectionChange, pmd: HugePmd): number {
  const { mm, cpFlags } = change;
  const { arch } = mm.system;
  arch.encodeNonPresent(changedEntry(mm, cpFlags, arch.decodeNonPresent(pmd.entry)), pmd.entry);
  return 0;
}
