import type { AddressSpace } from '../address-space.ts';
import { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { VM_DONTCOPY, VM_HUGEPAGE, VM_LOCKED, VM_MERGEABLE, VM_NOHUGEPAGE } from '../vma/flags.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { madvisePageout } from '../swap/pageout.ts';
import { madviseCollapse } from '../collapse/collapse.ts';
import { changeVmaFlags, type VmaFlagChange } from '../vma/change-flags.ts';
import { guardInstall, guardRemove } from './guard.ts';
import { madviseCold, madviseFree } from './madvise-range.ts';
import { madvisePopulate } from './populate.ts';
import { zapRange } from './zap.ts';

/** Advice that the kernel takes, by its name without MADV_. */
export type Advice =
  | 'COLD'
  | 'COLLAPSE'
  | 'DOFORK'
  | 'DONTFORK'
  | 'DONTNEED'
  | 'FREE'
  | 'GUARD_INSTALL'
  | 'GUARD_REMOVE'
  | 'HUGEPAGE'
  | 'MERGEABLE'
  | 'NOHUGEPAGE'
  | 'NORMAL'
  | 'PAGEOUT'
  | 'POPULATE_READ'
  | 'POPULATE_WRITE'
  | 'UNMERGEABLE'
  | 'WILLNEED';

/** Errors of the advice that can fail here. */
export type MadviseError = 'EINVAL' | 'ENOMEM' | 'EFAULT' | 'EAGAIN' | 'EBUSY';

/** Advice that only changes the flags of VMAs. */
const FLAG_ADVICE: Readonly<Partial<Record<Advice, VmaFlagChange>>> = {
  NORMAL: { set: 0, clear: 0 },
  DONTFORK: { set: VM_DONTCOPY, clear: 0 },
  DOFORK: { set: 0, clear: VM_DONTCOPY },
  HUGEPAGE: { set: VM_HUGEPAGE, clear: VM_NOHUGEPAGE },
  NOHUGEPAGE: { set: VM_NOHUGEPAGE, clear: VM_HUGEPAGE },
  MERGEABLE: { set: VM_MERGEABLE, clear: 0 },
};

/** Advice that works on the pages of each VMA. */
const RANGE_ADVICE: Readonly<
  Partial<Record<Advice, (mm: AddressSpace, gather: MmuGather, start: number, end: number) => void>>
> = {
  COLD: madviseCold,
  DONTNEED: zapRange,
  FREE: madviseFree,
  GUARD_INSTALL: guardInstall,
  GUARD_REMOVE: guardRemove,
  PAGEOUT: madvisePageout,
};

/**
 * True for a VMA that the advice does not apply to.
 *
 * @kernel mm/madvise.c madvise_dontneed_free_valid_vma, madvise_free_single_vma, can_madv_lru_vma,
 * is_valid_guard_vma
 */
function refuses(vma: Vma, advice: Advice): boolean {
  if (advice === 'GUARD_REMOVE') return false;
  return (vma.flags & VM_LOCKED) !== 0 || (advice === 'FREE' && !vmaIsAnonymous(vma));
}

/** MADV_COLLAPSE, VMA by VMA up to the first failure. A hole is an error once all VMAs are done. */
function collapseRange(mm: AddressSpace, start: number, end: number): 'ok' | MadviseError {
  let at = start;
  let hole = false;
  for (const vma of mm.vmas.overlapping(start, end)) {
    if (vma.start > at) hole = true;
    at = Math.min(end, vma.end);
    const result = madviseCollapse(mm, vma, Math.max(start, vma.start), at);
    if (result !== 'ok') return result;
  }
  return hole || at < end ? 'ENOMEM' : 'ok';
}

/** True if the kernel release knows the advice. */
function known(mm: AddressSpace, advice: Advice): boolean {
  const guard = advice === 'GUARD_INSTALL' || advice === 'GUARD_REMOVE';
  return !guard || mm.system.arch.features.guardMarkers;
}

/**
 * `madvise` for pages [start, end).
 *
 * @returns `EINVAL` for advice that the kernel release does not know, and at the first VMA that it does
 * not apply to; what populating and collapsing
 * answer.
 * @throws UnsupportedError for advice that the model does not carry out.
 * @kernel mm/madvise.c do_madvise
 */
export function madvise(
  mm: AddressSpace,
  start: number,
  end: number,
  advice: Advice,
): 'ok' | MadviseError {
  if (!known(mm, advice)) return 'EINVAL';
  const change = FLAG_ADVICE[advice];
  if (change !== undefined) {
    changeVmaFlags(mm, start, end, change);
    return 'ok';
  }
  if (advice === 'POPULATE_READ' || advice === 'POPULATE_WRITE') {
    return madvisePopulate(mm, start, end, advice === 'POPULATE_WRITE');
  }
  if (advice === 'COLLAPSE') return collapseRange(mm, start, end);
  const apply = RANGE_ADVICE[advice];
  if (apply === undefined) throw new UnsupportedError(`madvise ${advice}`);
  const gather = new MmuGather(mm);
  let refused = false;
  for (const vma of mm.vmas.overlapping(start, end)) {
    refused = refuses(vma, advice);
    if (refused) break;
    apply(mm, gather, Math.max(start, vma.start), Math.min(end, vma.end));
    gather.endVma();
  }
  gather.finish();
  return refused ? 'EINVAL' : 'ok';
}
