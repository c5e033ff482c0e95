import type { EntryFolio, EntryFolioKind } from '@ptelab/scenario';
import { isSharedMapping, type Setting } from './setting.ts';

/** A folio of a layout. Frames count from the block's own first frame. */
export interface LayoutFolio extends EntryFolio {
  readonly name: string;
  readonly kind: EntryFolioKind;
  readonly frame: number;
  /** Memory node; the CPU runs on node 0. @defaultValue 0 */
  readonly node?: number;
}

/** What a slot would map if its entry is present: a page of a folio. */
interface LayoutPage {
  readonly folio: string;
  readonly page: number;
}

/**
 * Which folio pages lie behind the slots of a window, and where in the page table the window lies.
 * Slots outside [from, to) are neighbours that the call does not cover.
 */
export interface Layout {
  /** For people, e.g. `one folio, inside`. */
  readonly name: string;
  readonly folios: readonly LayoutFolio[];
  readonly slots: readonly LayoutPage[];
  readonly from: number;
  readonly to: number;
  /** PageAnonExclusive of all pages that the slots of the call don't map. */
  readonly restExclusive: boolean;
  /** Index of slot 0 in the leaf table; may be negative: the window then begins in the table before. */
  readonly index: number;
  /** Entries have the contiguous bit, in blocks. */
  readonly contiguous: boolean;
  /** Entries that share one state: more than 1 in contiguous blocks. */
  readonly width: number;
}

/** Order of the folios of layouts without contiguous blocks: more pages than slots. */
const ORDER = 3;
const PAGES = 2 ** ORDER;
/** Where windows lie unless a layout says more: the start of a contiguous block. */
const INDEX = 16;

const PLAIN: Pick<Layout, 'restExclusive' | 'index' | 'contiguous' | 'width'> = {
  restExclusive: false,
  index: INDEX,
  contiguous: false,
  width: 1,
};

function pagesOf(folio: string, first: number, nr: number): LayoutPage[] {
  return Array.from({ length: nr }, (_, i) => ({ folio, page: first + i }));
}

function large(name: string, kind: EntryFolioKind, frame: number): LayoutFolio {
  return { name, order: ORDER, kind, frame };
}

function singles(kind: EntryFolioKind, names: readonly string[], frame: number): LayoutFolio[] {
  return names.map((name, i) => ({ name, order: 0, kind, frame: frame + i }));
}

const NAMES: readonly string[] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

/** All slots on one folio, which begins with the first of them. */
function whole(nr: number, kind: EntryFolioKind): Layout {
  const folios = [large('A', kind, 0)];
  const name = `one ${kind} folio`;
  return { ...PLAIN, name, folios, slots: pagesOf('A', 0, nr), from: 0, to: nr };
}

/** All slots on one folio that goes on at both sides, in the neighbours. */
function inside(nr: number, kind: EntryFolioKind, restExclusive: boolean): Layout {
  const folios = [large('A', kind, 0)];
  const name = `inside one ${kind} folio, the rest ${restExclusive ? '' : 'not '}exclusive`;
  const slots = pagesOf('A', 0, nr + 2);
  return { ...PLAIN, name, folios, slots, from: 1, to: nr + 1, restExclusive };
}

/** As {@link inside}, with the end of a leaf table before slot `cut` of the call. */
function acrossTables(nr: number, kind: EntryFolioKind, cut: number): Layout {
  const where = cut === nr ? 'at the end of a table' : `across tables at ${cut}`;
  return { ...inside(nr, kind, false), name: `one ${kind} folio ${where}`, index: -1 - cut };
}

/** Single pages with frames in a row. */
function small(nr: number, kind: EntryFolioKind): Layout {
  const names = NAMES.slice(0, nr);
  const slots = names.map((folio) => ({ folio, page: 0 }));
  const name = `${kind} single pages`;
  return { ...PLAIN, name, folios: singles(kind, names, 0), slots, from: 0, to: nr };
}

/** Two folios whose frames lie in a row, the second beginning at slot `cut`. */
function split(nr: number, cut: number, first: EntryFolioKind, second: EntryFolioKind): Layout {
  const folios = [large('A', first, 0), large('B', second, PAGES)];
  const slots = [...pagesOf('A', PAGES - cut, cut), ...pagesOf('B', 0, nr - cut)];
  const name = `${first} folio, then ${second} folio at ${cut}, frames in a row`;
  return { ...PLAIN, name, folios, slots, from: 0, to: nr };
}

/** One folio with a page left out before slot `cut`. */
function gap(nr: number, cut: number, kind: EntryFolioKind): Layout {
  const slots = [...pagesOf('A', 0, cut), ...pagesOf('A', cut + 1, nr - cut)];
  const name = `one ${kind} folio, a page left out at ${cut}`;
  return { ...PLAIN, name, folios: [large('A', kind, 0)], slots, from: 0, to: nr };
}

/** A large folio, then single pages with the next frames. */
function largeThenSmall(nr: number, cut: number, kind: EntryFolioKind): Layout {
  const names = NAMES.slice(1, 1 + nr - cut);
  const folios = [large('A', kind, 0), ...singles(kind, names, PAGES)];
  const slots = [...pagesOf('A', PAGES - cut, cut), ...names.map((folio) => ({ folio, page: 0 }))];
  const name = `${kind} folio, then single pages at ${cut}, frames in a row`;
  return { ...PLAIN, name, folios, slots, from: 0, to: nr };
}

/** Single pages, then a large folio with the next frames. */
function smallThenLarge(nr: number, cut: number, kind: EntryFolioKind): Layout {
  const names = NAMES.slice(1, 1 + cut);
  const folios = [...singles(kind, names, PAGES - cut), large('A', kind, PAGES)];
  const slots = [...names.map((folio) => ({ folio, page: 0 })), ...pagesOf('A', 0, nr - cut)];
  const name = `${kind} single pages, then a folio at ${cut}, frames in a row`;
  return { ...PLAIN, name, folios, slots, from: 0, to: nr };
}

/** The cuts of `nr` slots into two parts. */
function cuts(nr: number): number[] {
  return Array.from({ length: nr - 1 }, (_, i) => i + 1);
}

function ofKind(nr: number, kind: EntryFolioKind): Layout[] {
  return [
    whole(nr, kind),
    inside(nr, kind, false),
    ...(kind === 'anon' ? [inside(nr, kind, true)] : []),
    small(nr, kind),
    ...cuts(nr).flatMap((cut) => [
      split(nr, cut, kind, kind),
      gap(nr, cut, kind),
      largeThenSmall(nr, cut, kind),
      smallThenLarge(nr, cut, kind),
    ]),
    ...[...cuts(nr), nr].map((cut) => acrossTables(nr, kind, cut)),
  ];
}

/** Order of a folio of 16 pages: a contiguous block of 4K pages. */
const BLOCK_ORDER = 4;
/** Slots of a contiguous layout; each stands for several entries. */
const BLOCK_SLOTS = 4;

/**
 * Contiguous blocks: one block of four slots with four entries each, or two blocks with eight. The
 * call covers all slots or a part.
 */
function contiguous(kind: EntryFolioKind): Layout[] {
  const layouts: Layout[] = [];
  for (const blocks of [1, 2]) {
    const order = BLOCK_ORDER + blocks - 1;
    const slots = pagesOf('A', 0, BLOCK_SLOTS);
    for (const [from, to] of [
      [0, 4],
      [0, 2],
      [2, 4],
      [1, 3],
    ] as const) {
      const part = to - from === BLOCK_SLOTS ? 'whole' : `slots ${from} to ${to - 1}`;
      layouts.push({
        ...PLAIN,
        name: `${blocks} contiguous ${blocks === 1 ? 'block' : 'blocks'}, ${part}`,
        folios: [{ name: 'A', order, kind, frame: 0 }],
        slots,
        from,
        to,
        contiguous: true,
        width: (blocks * 2 ** BLOCK_ORDER) / BLOCK_SLOTS,
      });
    }
  }
  return layouts;
}

/**
 * What the NUMA scanner tells folios apart by: their node, and whether others map them. Each layout comes
 * with all folios remote, with all local, and with the first one also mapped by somebody else.
 */
function withNodes(layout: Layout): Layout[] {
  const { name, folios } = layout;
  const remote = folios.map((folio) => ({ ...folio, node: 1 }));
  const shared = remote.map((folio, i) => (i === 0 ? { ...folio, shared: true } : folio));
  return [
    { ...layout, name: `${name}, on another node`, folios: remote },
    { ...layout, name: `${name}, on this node` },
    { ...layout, name: `${name}, on another node, the first shared`, folios: shared },
  ];
}

/**
 * The layouts of `nr` slots that a setting may have.
 *
 * @param blocks - include contiguous blocks; they always have four slots.
 */
export function layoutsOf(setting: Setting, nr: number, blocks: boolean): Layout[] {
  const layouts = ofMapping(setting, nr, blocks);
  return setting.call === 'numa-scan' ? layouts.flatMap(withNodes) : layouts;
}

function ofMapping({ mapping }: Setting, nr: number, blocks: boolean): Layout[] {
  if (isSharedMapping(mapping)) {
    return [...ofKind(nr, 'file'), ...(blocks && nr === BLOCK_SLOTS ? contiguous('file') : [])];
  }
  if (mapping === 'private-file') {
    return [
      whole(nr, 'file'),
      inside(nr, 'file', true),
      whole(nr, 'anon'),
      ...cuts(nr).flatMap((cut) => [
        split(nr, cut, 'file', 'anon'),
        split(nr, cut, 'anon', 'file'),
      ]),
    ];
  }
  return [
    ...ofKind(nr, 'anon'),
    small(nr, 'ksm'),
    ...(blocks && nr === BLOCK_SLOTS ? contiguous('anon') : []),
  ];
}
