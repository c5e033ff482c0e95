import type { PteLayout } from '@ptelab/pte';
import { VM_HUGEPAGE, VM_NOHUGEPAGE } from './vma/flags.ts';
import type { Vma } from './vma/vma.ts';

/** What a sysfs file `hugepages-*kB/enabled` holds. */
export type ThpEnabled = 'always' | 'madvise' | 'never';

/** Anonymous folios of order 1 do not exist: the deferred split list needs a third page. */
const MIN_ANON_ORDER = 2;

/** Which folio sizes anonymous memory may use: /sys/kernel/mm/transparent_hugepage. */
export class ThpSettings {
  readonly #enabled = new Map<number, ThpEnabled>();
  /** Order of a huge mapping: one leaf table's worth of pages. */
  readonly pmdOrder: number;
  readonly #kbPerPage: number;

  constructor(layout: Pick<PteLayout, 'ptesPerTable' | 'pageShift'>) {
    this.pmdOrder = Math.log2(layout.ptesPerTable);
    this.#kbPerPage = 2 ** (layout.pageShift - 10);
  }

  /**
   * Sets one size.
   *
   * @param kb - folio size in KiB, a power of two times the page size.
   * @throws RangeError if no folio of this machine has that size.
   */
  set(kb: number, enabled: ThpEnabled): void {
    const order = Math.log2(kb / this.#kbPerPage);
    if (!Number.isInteger(order) || order < 1 || order > this.pmdOrder) {
      throw new RangeError(`no transparent huge page size of ${kb} kB on this machine`);
    }
    this.#enabled.set(order, enabled);
  }

  /** True if a fault in `vma` may use folios of `order`. */
  #allows(order: number, vma: Vma): boolean {
    if ((vma.flags & VM_NOHUGEPAGE) !== 0) return false;
    const enabled = this.#enabled.get(order) ?? 'never';
    return enabled === 'always' || (enabled === 'madvise' && (vma.flags & VM_HUGEPAGE) !== 0);
  }

  /**
   * Orders below the huge mapping that a fault at `vpn` may try, largest first: enabled, and with the
   * naturally aligned block inside the VMA.
   *
   * @kernel mm/memory.c alloc_anon_folio, thp_vma_allowable_orders, thp_vma_suitable_orders
   */
  anonOrders(vma: Vma, vpn: number): number[] {
    const orders: number[] = [];
    for (let order = this.pmdOrder - 1; order >= MIN_ANON_ORDER; order--) {
      if (this.#allows(order, vma) && blockInside(vma, vpn, order)) orders.push(order);
    }
    return orders;
  }

  /** True if a fault at `vpn` may map a huge page. */
  pmdAllowed(vma: Vma, vpn: number): boolean {
    return this.#allows(this.pmdOrder, vma) && blockInside(vma, vpn, this.pmdOrder);
  }
}

function blockInside(vma: Vma, vpn: number, order: number): boolean {
  const pages = 2 ** order;
  const start = vpn - (vpn % pages);
  return start >= vma.start && start + pages <= vma.end;
}
