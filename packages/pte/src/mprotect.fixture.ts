import type { Arch, Pgprot } from './arch.ts';
import type { MmContext } from './mm-context.ts';
import { makePte, type Pte, type PteTable } from './table.ts';

/** One pass over entries [index, index + nr), as change_pte_range makes it for one VMA. */
export interface ProtectionChange {
  readonly index: number;
  readonly nr: number;
  readonly prot: Pgprot;
  /** The VMA is private and writable, and every page exclusive: the upgrade always succeeds. */
  readonly mkwrite: boolean;
}

/** Pages that were touched and need a flush. */
interface Hull {
  start: number;
  end: number;
}

function extend(hull: Hull | null, start: number, end: number): Hull {
  if (hull === null) return { start, end };
  return { start: Math.min(hull.start, start), end: Math.max(hull.end, end) };
}

/** Entries from `index` that continue `first`; accessed and dirty aside. One read per hint step. */
function batchLength(
  arch: Arch,
  mm: MmContext,
  table: PteTable,
  index: number,
  first: Readonly<Pte>,
  max: number,
): number {
  const comparable = (bits: number): number => arch.pteMkold(arch.pteMkclean(bits));
  const next = makePte();
  let nr = arch.pteBatchHint(index, first.bits);
  while (nr < max) {
    arch.ptepGet(mm, table, index + nr, next);
    const word = first.pfn + nr * arch.pfnWordStep(first.bits);
    if (next.pfn !== word || comparable(next.bits) !== comparable(first.bits)) break;
    nr += arch.pteBatchHint(index + nr, next.bits);
  }
  return Math.min(nr, max);
}

/**
 * Changes protections with nothing but the operations of an architecture: entry by entry as up to
 * 6.16, or in batches as since 6.17. One flush over what needs it ends the pass.
 */
export function changeProtection(
  arch: Arch,
  mm: MmContext,
  table: PteTable,
  change: ProtectionChange,
  mode: 'per-pte' | 'batched',
): void {
  const pte = makePte();
  const old = makePte();
  const end = change.index + change.nr;
  let hull: Hull | null = null;
  for (let i = change.index; i < end;) {
    arch.ptepGet(mm, table, i, pte);
    const pages = 2 ** mm.folios.folioOrder(arch.ptePfn(pte));
    const max = Math.min(end - i, pages - (arch.ptePfn(pte) % pages));
    const nr = mode === 'per-pte' || max === 1 ? 1 : batchLength(arch, mm, table, i, pte, max);
    arch.modifyProtStart(mm, table, i, nr, old);
    const wanted = makePte();
    arch.pteModify(old, change.prot, wanted);
    if (change.mkwrite) wanted.bits = arch.pteMkwrite(wanted.bits);
    arch.modifyProtCommit(mm, table, i, old, wanted, nr);
    if (arch.pteNeedsFlush(old, wanted)) hull = extend(hull, table.base + i, table.base + i + nr);
    i += nr;
  }
  if (hull !== null) arch.flushTlbRange(mm, { ...hull, stride: 1 });
}
