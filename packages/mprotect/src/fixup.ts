import {
  populateRange,
  VM_LOCKED,
  VM_SEALED,
  vmaModify,
  vmaSetPageProt,
  vmaWantsManualPteWriteUpgrade,
  type AddressSpace,
  type MmuGather,
  type Vma,
} from '@ptelab/mm';
import { VM_SHARED, VM_WRITE } from '@ptelab/pte';
import { accountProtection } from './accounting.ts';
import { changeProtection } from './change-protection.ts';
import { MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';
import type { Strategy } from './strategy.ts';

/** What {@link mprotectFixup} gives to a part of a VMA. */
export interface NewProtection {
  readonly flags: number;
  readonly pkey: number;
}

/** Outcome for one VMA: the VMA that now holds the range, and the pages changed. */
export interface FixupResult {
  readonly vma: Vma;
  readonly pages: number;
}

/**
 * Changes the protection of [start, end), a part of `vma`: accounting, VMA split or merge, new
 * template, walk.
 *
 * @kernel mm/mprotect.c mprotect_fixup (6.12 .. 7.3)
 */
export function mprotectFixup(
  mm: AddressSpace,
  gather: MmuGather,
  vma: Vma,
  start: number,
  end: number,
  wanted: NewProtection,
  strategy: Strategy,
): FixupResult | 'EPERM' | 'ENOMEM' {
  if ((vma.flags & VM_SEALED) !== 0) return 'EPERM';
  if (wanted.flags === vma.flags && wanted.pkey === vma.pkey) return { vma, pages: 0 };
  mm.events.vmaChanges++;
  const oldFlags = vma.flags;
  const flags = accountProtection(mm, vma, wanted.flags, end - start);
  if (flags === 'ENOMEM') return 'ENOMEM';
  const modified = vmaModify(mm, vma, start, end, { flags, pkey: wanted.pkey });
  if (modified === 'ENOMEM') return 'ENOMEM';
  const own = modified.vma;
  own.flags = modified.flags;
  own.pkey = wanted.pkey;
  // Asked before the template is renewed: for shared mappings the answer depends on the old one.
  const upgrade = vmaWantsManualPteWriteUpgrade(mm.system.arch, own);
  vmaSetPageProt(mm.system.arch, own);
  const change = {
    mm,
    vma: own,
    gather,
    newprot: own.pageProt,
    cpFlags: upgrade ? MM_CP_TRY_CHANGE_WRITABLE : 0,
  };
  const pages = changeProtection(change, start, end, strategy);
  gather.endVma();
  if ((oldFlags & (VM_LOCKED | VM_WRITE | VM_SHARED)) === VM_LOCKED && (flags & VM_WRITE) !== 0) {
    populateRange(mm, start, end, true);
  }
  return { vma: own, pages };
}
