import { makePte, MARKER_GUARD, MARKER_UFFD_WP, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { VM_SOFTDIRTY } from '../vma/flags.ts';

/** Bits of a /proc/PID/pagemap value above the frame, by their names without PM_. */
export const PM = {
  SOFT_DIRTY: 55,
  MMAP_EXCLUSIVE: 56,
  UFFD_WP: 57,
  GUARD_REGION: 58,
  FILE: 61,
  SWAP: 62,
  PRESENT: 63,
} as const;

/** Name of a flag of a pagemap value. */
export type PmName = keyof typeof PM;

/** Low bits of the frame field of a swapped page, which hold the number of the swap device. */
const MAX_SWAPFILES_SHIFT = 5;

/** One value of /proc/PID/pagemap, taken apart. */
export interface PagemapEntry {
  /** Sum of 2 ** (bit - 55) of the flags that are set. */
  flags: number;
  /** Page frame of a present page; device and slot of a swapped one; 0 if there is neither. */
  frame: number;
}

function flag(name: PmName): number {
  return 2 ** (PM[name] - PM.SOFT_DIRTY);
}

const SOFT_DIRTY = flag('SOFT_DIRTY');
const MMAP_EXCLUSIVE = flag('MMAP_EXCLUSIVE');
const UFFD_WP = flag('UFFD_WP');
const GUARD_REGION = flag('GUARD_REGION');
const FILE = flag('FILE');
const SWAP = flag('SWAP');
const PRESENT = flag('PRESENT');

const pte: Pte = makePte();

/** File or anonymous, and whether this very page is mapped once. */
function pageFlags(mm: AddressSpace, pfn: number): number {
  const { memmap } = mm.system;
  const file = memmap.isAnon(pfn) ? 0 : FILE;
  return memmap.precisePageMapcount(pfn) === 1 ? file | MMAP_EXCLUSIVE : file;
}

function entryFlags(mm: AddressSpace, bits: number): number {
  const { arch } = mm.system;
  return (arch.pteSoftDirty(bits) ? SOFT_DIRTY : 0) | (arch.pteUffdWp(bits) ? UFFD_WP : 0);
}

/** @kernel fs/proc/task_mmu.c pte_to_pagemap_entry */
function ofPte(mm: AddressSpace, table: PteTable, index: number, out: PagemapEntry): void {
  const { arch, zeroPfn } = mm.system;
  table.peek(index, pte);
  if (arch.pteNone(pte)) return;
  if (arch.ptePresent(pte.bits)) {
    out.flags |= PRESENT | entryFlags(mm, pte.bits);
    out.frame = arch.ptePfn(pte);
    const normal = !arch.pteSpecial(pte.bits) && out.frame !== zeroPfn;
    if (normal) out.flags |= pageFlags(mm, out.frame);
    return;
  }
  const entry = arch.decodeNonPresent(pte);
  out.flags |= SWAP;
  if (entry.softDirty) out.flags |= SOFT_DIRTY;
  if (entry.uffdWp) out.flags |= UFFD_WP;
  out.frame = entry.type + entry.offset * 2 ** MAX_SWAPFILES_SHIFT;
  if (entry.kind !== 'marker') return;
  if ((entry.offset & MARKER_UFFD_WP) !== 0) out.flags |= UFFD_WP;
  if ((entry.offset & MARKER_GUARD) !== 0 && arch.features.pagemapShowsGuards) {
    out.flags |= GUARD_REGION;
  }
}

/** @kernel fs/proc/task_mmu.c pagemap_pmd_range */
function ofPmd(mm: AddressSpace, pmd: HugePmd, vpn: number, out: PagemapEntry): void {
  const { arch } = mm.system;
  if (!arch.ptePresent(pmd.entry.bits)) return;
  const head = arch.pmdPfn(pmd.entry);
  out.flags |= PRESENT | entryFlags(mm, pmd.entry.bits);
  out.frame = head + (vpn - pmd.base);
  out.flags |= pageFlags(mm, out.frame);
}

/**
 * What /proc/PID/pagemap says of page `vpn`.
 *
 * @kernel fs/proc/task_mmu.c pagemap_read
 */
export function pagemapEntry(mm: AddressSpace, vpn: number, out: PagemapEntry): void {
  out.flags = 0;
  out.frame = 0;
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined) return;
  if ((vma.flags & VM_SOFTDIRTY) !== 0) out.flags |= SOFT_DIRTY;
  const pmd = mm.pmd(vpn);
  if (pmd instanceof HugePmd) ofPmd(mm, pmd, vpn, out);
  else if (pmd !== undefined) ofPte(mm, pmd, vpn - pmd.base, out);
}
