import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import type { Vma } from '../vma/vma.ts';
import type { FaultResult } from './fault-result.ts';
import { doHugePmdWpPage } from './huge.ts';
import { doWpPage } from './write-protect.ts';

/**
 * Makes the page of a present, read-only entry exclusive to the address space without writing to it.
 * The entry stays read-only, and userfaultfd's protection stays.
 *
 * @kernel mm/gup.c faultin_page, mm/memory.c handle_mm_fault (FAULT_FLAG_UNSHARE)
 */
export function unshareFault(mm: AddressSpace, vma: Vma, vpn: number): FaultResult {
  mm.events.faults++;
  const pmd = mm.pmd(vpn);
  if (pmd instanceof HugePmd && doHugePmdWpPage(mm, vma, pmd, true) === 'ok') return 'ok';
  const table = mm.allocTable(vpn);
  const index = vpn - table.base;
  const pte = makePte();
  mm.system.arch.ptepGet(mm, table, index, pte);
  return doWpPage(mm, vma, table, index, pte, true);
}
