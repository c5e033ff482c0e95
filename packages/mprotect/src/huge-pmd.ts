import { canChangePmdWritable, hugeFolioCanMapProtNuma, type HugePmd } from '@ptelab/mm';
import { makePte } from '@ptelab/pte';
import { applyUffd, MM_CP_PROT_NUMA, MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';
import type { ProtectionChange } from './pte-range.ts';
import { changedEntry } from './softleaf.ts';

/** The NUMA scanner leaves alone what has a hint already, and what a hint is of no use for. */
function protNumaSkips({ mm, vma }: ProtectionChange, pmd: HugePmd): boolean {
  const { arch } = mm.system;
  if (arch.pteProtnone(pmd.entry.bits)) return true;
  return !hugeFolioCanMapProtNuma(mm, vma, arch.pmdPfn(pmd.entry));
}

/**
 * Changes a huge mapping as a whole; returns the base pages to count, 0 for a non-present one
 * and one that the NUMA scanner leaves alone.
 *
 * @kernel mm/huge_memory.c change_huge_pmd
 */
export function changeHugePmd(change: ProtectionChange, pmd: HugePmd): number {
  const { mm, gather, cpFlags } = change;
  const { arch } = mm.system;
  mm.events.hugePmdChanges++;
  if (!arch.ptePresent(pmd.entry.bits)) return changeHugeSoftleaf(change, pmd);
  if ((cpFlags & MM_CP_PROT_NUMA) !== 0 && protNumaSkips(change, pmd)) return 0;
  const old = { ...pmd.entry };
  const new_ = makePte();
  // From here to the store hardware must not set accessed or dirty: arm64 flushes right away.
  if (arch.pmdInvalidateAdFlushes) arch.flushPmdTlbRange(mm, pmd.base);
  arch.pmdModify(old, arch.pmdProt(change.newprot), new_);
  new_.bits = applyUffd(arch, cpFlags, new_.bits);
  const wantsWrite = (cpFlags & MM_CP_TRY_CHANGE_WRITABLE) !== 0 && !arch.pteWrite(new_.bits);
  if (wantsWrite && canChangePmdWritable(mm, change.vma, pmd, new_.bits)) {
    new_.bits = arch.pteMkwrite(new_.bits);
    mm.events.writeUpgrades++;
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
