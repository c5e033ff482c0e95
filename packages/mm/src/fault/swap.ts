import { makePte, type NonPresentEntry, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import type { FaultResult } from './fault-result.ts';
import { doWpPage } from './write-protect.ts';
import { userfaultfdWp, vmaSoftDirtyEnabled, vmaWritable, type Vma } from '../vma/vma.ts';

/** True if entries from `index` on are the swap entries of consecutive slots, alike but for the slot. */
function swapRun(
  mm: AddressSpace,
  table: PteTable,
  index: number,
  nr: number,
  first: NonPresentEntry,
): boolean {
  const { arch } = mm.system;
  const pte = makePte();
  const expected = makePte();
  for (let i = 0; i < nr; i++) {
    arch.encodeNonPresent({ ...first, offset: first.offset + i }, expected);
    table.peek(index + i, pte);
    if (!arch.pteSame(pte, expected)) return false;
  }
  return true;
}

/**
 * How many pages around `vpn` to bring in as one folio: the largest enabled size whose slots and
 * addresses are aligned alike, all of them swapped out together.
 *
 * @kernel mm/memory.c alloc_swap_folio, can_swapin_thp (6.12 on, for synchronous devices)
 */
export function swapinOrder(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
  entry: NonPresentEntry,
): number {
  if (vma.uffd !== 0 || mm.system.swap.count(entry.offset) !== 1) return 0;
  for (const order of mm.system.thp.anonOrders(vma, vpn)) {
    const nr = 2 ** order;
    const inside = vpn % nr;
    if (entry.offset % nr !== inside) continue;
    const first = { ...entry, offset: entry.offset - inside };
    if (swapRun(mm, table, vpn - inside - table.base, nr, first)) return order;
  }
  return 0;
}

/** Write permission comes back at once if the page is exclusive and nobody waits for a write. */
function mayWrite(mm: AddressSpace, vma: Vma, bits: number): boolean {
  const { arch } = mm.system;
  if (!vmaWritable(vma)) return false;
  if (userfaultfdWp(vma) && arch.pteUffdWp(bits)) return false;
  return !vmaSoftDirtyEnabled(arch.softDirty, vma) || arch.pteSoftDirty(bits);
}

function swapinBits(
  mm: AddressSpace,
  vma: Vma,
  entry: NonPresentEntry,
  pte: Pte,
  exclusive: boolean,
  write: boolean,
): number {
  const { arch } = mm.system;
  let { bits } = pte;
  if (entry.softDirty) bits = arch.pteMksoftDirty(bits);
  if (entry.uffdWp) bits = arch.pteMkuffdWp(bits);
  if (!exclusive || !mayWrite(mm, vma, bits)) return bits;
  bits = arch.pteMkwrite(bits);
  return write ? arch.pteMkdirty(bits) : bits;
}

/**
 * A fault on a swap entry: reads the page back. Exclusivity, soft-dirty and userfaultfd protection are
 * those of the entry; the page is clean until it is written. A write that must still wait or copy goes
 * on as one to a present entry, in the same fault.
 *
 * @kernel mm/memory.c do_swap_page
 */
export function doSwapPage(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
  entry: NonPresentEntry,
  write: boolean,
): FaultResult | 'major' {
  const { arch, memmap, allocator, swap } = mm.system;
  const wanted = swapinOrder(mm, vma, vpn, table, entry);
  const large = wanted > 0 ? allocator.alloc(wanted) : null;
  const head = large ?? allocator.alloc(0);
  if (head === null) return 'SIGBUS';
  const order = large === null ? 0 : wanted;
  const nr = 2 ** order;
  const slot = entry.offset - (vpn % nr);
  const exclusive = entry.exclusive || swap.count(entry.offset) === 1;
  newAnonFolio(mm, vma, head, order, exclusive);
  for (let i = 0; i < nr; i++) {
    memmap.setContent(head + i, swap.read(slot + i));
    swap.free(slot + i);
  }
  // The only copy is in memory from now on.
  if (arch.features.swapinDirties && swap.count(slot) === 0) memmap.setFolioDirty(head, true);
  const pte = makePte();
  arch.pfnPte(head, vma.pageProt, pte);
  pte.bits = swapinBits(mm, vma, entry, pte, exclusive, write);
  arch.setPtes(mm, table, vpn - (vpn % nr) - table.base, pte, nr);
  if (!write || arch.pteWrite(pte.bits)) return 'major';
  arch.pteSetPfn(pte, head + (vpn % nr), pte);
  const result = doWpPage(mm, vma, table, vpn - table.base, pte);
  return result === 'ok' ? 'major' : result;
}
