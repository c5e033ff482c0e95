import { isShared, userfaultfdWp, vmaWritable } from '@ptelab/mm';
import {
  MM_CP_PROT_NUMA,
  MM_CP_TRY_CHANGE_WRITABLE,
  MM_CP_UFFD_WP,
  MM_CP_UFFD_WP_RESOLVE,
} from '@ptelab/mprotect';
import type { Pte } from '@ptelab/pte';
import { tracksSoftDirty, type JudgedCall } from '../call/judged-call.ts';

/**
 * True if an entry with these bits, at `slot`, may become writable without a fault. Written from the
 * rules and not from the strategies' code: nobody else may rely on the next write being noticed, and
 * a private page must belong to this address space alone.
 *
 * @kernel mm/mprotect.c can_change_pte_writable (5.19 .. 7.3)
 */
export function mayBecomeWritable(call: JudgedCall, slot: number, bits: number): boolean {
  const { arch, vma, pages } = call;
  if (!vmaWritable(vma) || arch.pteProtnone(bits)) return false;
  if (tracksSoftDirty(call) && !arch.pteSoftDirty(bits)) return false;
  if (userfaultfdWp(vma) && arch.pteUffdWp(bits)) return false;
  if (isShared(vma)) return arch.pteDirty(bits);
  return pages.anon[slot] === 1 && pages.exclusive[slot] === 1;
}

/**
 * True if the call passes the present entry `before` by: the NUMA scanner spares what has a hint
 * already, what has no struct page, and folios that it would not move.
 */
export function passedBy(call: JudgedCall, slot: number, before: Readonly<Pte>): boolean {
  if ((call.cpFlags & MM_CP_PROT_NUMA) === 0) return false;
  const { arch, pages } = call;
  if (arch.pteProtnone(before.bits)) return true;
  return (pages.head[slot] ?? -1) < 0 || pages.numaFiltered[slot] === 1;
}

/**
 * Writes to `out` what the present entry `before` becomes if it is changed alone: new permissions,
 * userfaultfd's mark, and write permission where it may come back.
 */
export function changedAlone(
  call: JudgedCall,
  slot: number,
  before: Readonly<Pte>,
  out: Pte,
): void {
  const { arch, cpFlags } = call;
  if (passedBy(call, slot, before)) {
    out.pfn = before.pfn;
    out.bits = before.bits;
    return;
  }
  arch.pteModify(before, call.newprot, out);
  if ((cpFlags & MM_CP_UFFD_WP) !== 0) out.bits = arch.pteMkuffdWp(out.bits);
  else if ((cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0) out.bits = arch.pteClearUffdWp(out.bits);
  const upgrades = (cpFlags & MM_CP_TRY_CHANGE_WRITABLE) !== 0 && !arch.pteWrite(out.bits);
  if (upgrades && mayBecomeWritable(call, slot, out.bits)) out.bits = arch.pteMkwrite(out.bits);
}
