import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import { AddressSpace } from '../address-space.ts';
import { copyHugePmd } from '../fork/copy-huge.ts';
import { copyNonPresentPte } from '../fork/copy-non-present.ts';
import { copyPresentPtes } from '../fork/copy-present.ts';
import { releaseFile } from '../file/release.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { MmuGather } from '../mmu-gather.ts';
import {
  VM_DONTCOPY,
  VM_LOCKED,
  VM_MAYBE_GUARD,
  VM_SPECIAL,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
} from '../vma/flags.ts';
import type { Vma } from '../vma/vma.ts';
import { zapRange } from './zap.ts';

const source: Pte = makePte();

function copyPteRange(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  from: PteTable,
  start: number,
  end: number,
): void {
  const { arch } = parent.system;
  let preallocated = false;
  for (let index = start; index < end;) {
    arch.ptepGet(parent, from, index, source);
    if (arch.pteNone(source)) index++;
    else if (!arch.ptePresent(source.bits)) {
      copyNonPresentPte(parent, child, vma, from, index, source);
      index++;
    } else {
      const to = child.allocTable(from.base);
      const left = end - index;
      const nr = copyPresentPtes(parent, child, vma, from, to, index, source, left, preallocated);
      preallocated = nr === 0;
      index += nr;
    }
  }
}

/** True if the child can't get the entries back by faulting. */
function needsCopy(vma: Vma): boolean {
  return vma.anonVma !== null || (vma.flags & (VM_SPECIAL | VM_MAYBE_GUARD)) !== 0;
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
 * entries lose write permission on both sides, and no page stays exclusive but pinned ones, of which
 * the child gets copies.
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
      const table = parent.table(vpn);
      if (table !== undefined) {
        copyPteRange(parent, child, vma, table, vpn - table.base, next - table.base);
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
  const files = new Set(mm.vmas.all.map(({ file }) => file));
  for (const vma of [...mm.vmas.all]) {
    zapRange(mm, gather, vma.start, vma.end, true);
    mm.vmas.remove(vma);
  }
  // A process always has pages of its own, even if the story gave it none.
  gather.removesPages = true;
  gather.finish();
  mm.clearPageTables();
  mm.system.spaces.delete(mm);
  for (const file of files) releaseFile(mm.system, file);
}
