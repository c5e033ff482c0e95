/*
 * The figures of tools/mm/thpmaps of Linux (6.9 on), under its own labels, so that both can be compared to the
 * kB. It counts what is mapped, not what entries look like: a block that could be contiguous is counted whether
 * or not it is, and neither write permission nor borders of page tables end anything.
 */
import type { PageRun, SnapshotVma } from '../snapshot/records.ts';
import { blockPages, FolioPieces, isWhole, type FolioPiece } from './folio-pieces.ts';

/** Kinds of memory that thpmaps tells apart. */
export type ThpKind = 'anon' | 'file';

/** An amount that thpmaps prints. */
export interface ThpAmount {
  readonly kind: ThpKind;
  readonly kb: number;
}

/** One line of thpmaps. */
export interface ThpFigure extends ThpAmount {
  /** Whole percent of all anonymous or file memory; null if there is none. */
  readonly percent: number | null;
}

/** What percentages are of, in kB. */
export interface ThpTotals {
  readonly anon: number;
  readonly file: number;
}

/** Lines of thpmaps. */
export interface ThpMap {
  /** By label, in the order of thpmaps; those of 0 kB included. */
  readonly figures: Readonly<Record<string, ThpFigure>>;
  /** What its percentages are of. */
  readonly totals: ThpTotals;
}

/** thpmaps shows no folios of two pages. */
const LEAST_ORDER = 2;

const KINDS: readonly ThpKind[] = ['anon', 'file'];

interface KindPages {
  partial: number;
  readonly aligned: number[];
  readonly unaligned: number[];
  /** Pages in contiguous blocks, by place of their order in the list of orders. */
  readonly cont: number[];
}

/** What of the machine the figures depend on. */
export interface ThpGeometry {
  readonly pageKb: number;
  /** log2 of the pages that one PMD maps. */
  readonly pmdOrder: number;
  /** Sizes of contiguous blocks to look for, as log2 of pages. */
  readonly contOrders: readonly number[];
}

/** thpmaps looks at VMAs that can be accessed and have pages. */
export function thpmapsLooksAt({ perms, sums }: SnapshotVma): boolean {
  return !perms.startsWith('---') && sums !== null && sums.rssKb > 0;
}

/** Counts a VMA the way thpmaps does. */
export class ThpCounter {
  readonly #geometry: ThpGeometry;
  readonly #pages: Readonly<Record<ThpKind, KindPages>>;
  readonly #pieces: FolioPieces = new FolioPieces((piece) => {
    this.#count(piece);
  });

  constructor(geometry: ThpGeometry) {
    this.#geometry = geometry;
    const none = (): KindPages => ({
      partial: 0,
      aligned: new Array<number>(geometry.pmdOrder + 1).fill(0),
      unaligned: new Array<number>(geometry.pmdOrder + 1).fill(0),
      cont: geometry.contOrders.map(() => 0),
    });
    this.#pages = { anon: none(), file: none() };
  }

  /** Adds the next run of the VMA. */
  add(run: PageRun): void {
    this.#pieces.add(run);
  }

  #count(piece: FolioPiece): void {
    const { vpn, pages, order, anon } = piece;
    const counts = this.#pages[anon ? 'anon' : 'file'];
    if (order !== null && isWhole(piece)) {
      const list = vpn % pages === 0 ? counts.aligned : counts.unaligned;
      list[order] = (list[order] ?? 0) + pages;
    } else counts.partial += pages;
    if (order === null) return;
    for (const [i, cont] of this.#geometry.contOrders.entries()) {
      counts.cont[i] = (counts.cont[i] ?? 0) + blockPages(piece, cont);
    }
  }

  /**
   * The figures of the VMA, whose runs are all added. What PMDs map is known from smaps and taken off the rest,
   * never below zero.
   */
  figures(vma: SnapshotVma): ThpMap {
    const { sums } = vma;
    this.#pieces.end();
    const { pageKb, pmdOrder, contOrders } = this.#geometry;
    const pmdKb = 2 ** pmdOrder * pageKb;
    const pmdMapped: Record<ThpKind, number> = {
      anon: sums?.anonHugeKb ?? 0,
      file: (sums?.shmemPmdKb ?? 0) + (sums?.filePmdKb ?? 0),
    };
    const lines = new Map<string, ThpAmount>();
    const put = (kind: ThpKind, label: string, kb: number): void => {
      lines.set(`${kind}-${label}`, { kind, kb });
    };
    for (const kind of KINDS) put(kind, `thp-pmd-aligned-${pmdKb}kB`, pmdMapped[kind]);
    for (const kind of KINDS) {
      const { aligned, unaligned, partial } = this.#pages[kind];
      for (const [name, list] of [
        ['aligned', aligned],
        ['unaligned', unaligned],
      ] as const) {
        for (let order = LEAST_ORDER; order <= pmdOrder; order++) {
          const counted = (list[order] ?? 0) * pageKb;
          const own = name === 'aligned' && order === pmdOrder ? pmdMapped[kind] : 0;
          put(kind, `thp-pte-${name}-${2 ** order * pageKb}kB`, Math.max(0, counted - own));
        }
      }
      put(kind, 'thp-pte-partial', partial * pageKb);
    }
    for (const [i, order] of contOrders.entries()) {
      const size = `${2 ** order * pageKb}kB`;
      for (const kind of KINDS) put(kind, `cont-pmd-aligned-${size}`, pmdMapped[kind]);
      for (const kind of KINDS) {
        const kb = (this.#pages[kind].cont[i] ?? 0) * pageKb;
        put(kind, `cont-pte-aligned-${size}`, Math.max(0, kb - pmdMapped[kind]));
      }
    }
    return thpMap(lines, thpTotals(vma));
  }
}

/** `kb` in whole percent of `whole`, a half to the even side, as thpmaps prints it. */
function wholePercent(kb: number, whole: number): number {
  const exact = (100 * kb) / whole;
  const below = Math.floor(exact);
  const rest = exact - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Figures with their shares. */
export function thpMap(figures: Iterable<[string, ThpAmount]>, totals: ThpTotals): ThpMap {
  const shared = [...figures].map(([label, { kind, kb }]): [string, ThpFigure] => {
    const percent = totals[kind] > 0 ? wholePercent(kb, totals[kind]) : null;
    return [label, { kind, kb, percent }];
  });
  return { figures: Object.fromEntries(shared), totals };
}

/** What the percentages of a VMA are of. */
function thpTotals({ sums }: SnapshotVma): ThpTotals {
  const anon = sums?.anonymousKb ?? 0;
  return { anon, file: (sums?.rssKb ?? 0) - anon };
}
