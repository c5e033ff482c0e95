import type { PageRun } from '../snapshot/records.ts';
import { FolioPieces, isWhole, type FolioPiece } from './folio-pieces.ts';

/** Pages in folios of one order. */
export interface OrderPages {
  /** log2 of the pages of a folio; null for those whose size is not known. */
  readonly order: number | null;
  /** Mapped whole, where virtual memory is aligned to the folio's size too. */
  aligned: number;
  /** Mapped whole, not aligned. */
  unaligned: number;
  /** In folios of which only a part is mapped in one piece. */
  partial: number;
}

/** Sorts pages by the order of their folio. */
export class OrderCounter {
  readonly #orders = new Map<number | null, OrderPages>();
  readonly #pieces: FolioPieces = new FolioPieces((piece) => {
    this.#count(piece);
  });

  #of(order: number | null): OrderPages {
    let pages = this.#orders.get(order);
    if (pages === undefined) {
      pages = { order, aligned: 0, unaligned: 0, partial: 0 };
      this.#orders.set(order, pages);
    }
    return pages;
  }

  #count(piece: FolioPiece): void {
    const counts = this.#of(piece.order);
    if (!isWhole(piece)) counts.partial += piece.pages;
    else if (piece.vpn % piece.pages === 0) counts.aligned += piece.pages;
    else counts.unaligned += piece.pages;
  }

  /** Adds the next run of a VMA. */
  add(run: PageRun): void {
    this.#pieces.add(run);
    if (run.order === 0 && run.pfn !== null) this.#of(0).aligned += run.pages;
  }

  /** The next run belongs to another VMA. */
  endVma(): void {
    this.#pieces.end();
  }

  /** All orders that there are, in ascending order; the unknown ones last. */
  pages(): OrderPages[] {
    this.#pieces.end();
    const rank = ({ order }: OrderPages): number => order ?? Infinity;
    return [...this.#orders.values()].sort((a, b) => rank(a) - rank(b));
  }
}
