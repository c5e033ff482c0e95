import { PAGE_KIND, type PageKind } from '@ptelab/folio';
import type { DumpStep } from '../recording/types.ts';
import { lowWord, pagemapPfn } from '../recording/words.ts';

const KPF_ANON = 1 << 12;
const KPF_COMPOUND_HEAD = 1 << 15;
const KPF_COMPOUND_TAIL = 1 << 16;
const KPF_KSM = 1 << 21;
const KPF_THP = 1 << 22;
const KPF_ZERO_PAGE = 1 << 24;

/** A folio's second page keeps the order in the low byte of its flags word. */
const ORDER_MASK = 0xff;
/** No folio is larger than the largest page cache folio. */
const MAX_ORDER = 13;

/** What a dump says of the struct page behind one page. */
export interface RecordedPage {
  readonly pfn: number;
  readonly kind: PageKind;
  readonly compound: 'head' | 'tail' | 'single';
  /** Low word of the page's flags, if it was read. */
  readonly flags: number | null;
  readonly anonExclusive: boolean;
  readonly mapcount: number | null;
}

function kindOf(flags: number): PageKind {
  if ((flags & KPF_ZERO_PAGE) !== 0) {
    return (flags & KPF_THP) !== 0 ? PAGE_KIND.HUGE_ZERO : PAGE_KIND.ZERO;
  }
  if ((flags & KPF_KSM) !== 0) return PAGE_KIND.KSM;
  return (flags & KPF_ANON) !== 0 ? PAGE_KIND.ANON : PAGE_KIND.FILE;
}

/** The struct page of page `i` of a dump, or null where there is none. */
export function recordedPage(dump: DumpStep, i: number): RecordedPage | null {
  const pfn = pagemapPfn(dump.pagemap[i] ?? null);
  const kpageflags = dump.kpageflags[i] ?? null;
  if (pfn === null || kpageflags === null) return null;
  const bits = lowWord(kpageflags);
  const pgflags = dump.pgflags[i] ?? null;
  const head = (bits & KPF_COMPOUND_HEAD) !== 0;
  const tail = (bits & KPF_COMPOUND_TAIL) !== 0;
  return {
    pfn,
    kind: kindOf(bits),
    compound: head ? 'head' : tail ? 'tail' : 'single',
    flags: pgflags === null ? null : lowWord(pgflags),
    anonExclusive: dump.anon_excl[i] === 1,
    mapcount: dump.mapcount[i] ?? null,
  };
}

/** Page frame of the zero page, if any of the dumps shows it: a constant of the boot. */
export function recordedZeroPfn(dumps: readonly DumpStep[]): number | undefined {
  for (const dump of dumps) {
    for (const i of dump.pte.keys()) {
      const page = recordedPage(dump, i);
      if (page?.kind === PAGE_KIND.ZERO) return page.pfn;
    }
  }
  return undefined;
}

/**
 * Orders of large folios by head frame, as far as dumps have shown them.
 *
 * The order stands in the flags of a folio's second page. Where that page is not mapped any more,
 * what an earlier dump of the same recording said still holds: a folio keeps its order until it is
 * split or freed, and then its pages are not compound or another folio's.
 */
export class FolioOrders {
  readonly #orders = new Map<number, number>();

  /** Takes in all that a dump shows. */
  learn(pages: readonly (RecordedPage | null)[]): void {
    for (const page of pages) {
      if (page === null) continue;
      if (page.compound === 'single') this.#orders.delete(page.pfn);
      if (page.compound !== 'tail' || page.flags === null) continue;
      const order = page.flags & ORDER_MASK;
      const second = page.pfn % 2 ** order === 1;
      if (order > 0 && order <= MAX_ORDER && second) this.#orders.set(page.pfn - 1, order);
    }
  }

  /** Order of the folio that compound page `pfn` belongs to, or null if no dump has shown it. */
  orderOf(pfn: number): number | null {
    for (let order = 1; order <= MAX_ORDER; order++) {
      if (this.#orders.get(pfn - (pfn % 2 ** order)) === order) return order;
    }
    return null;
  }
}
