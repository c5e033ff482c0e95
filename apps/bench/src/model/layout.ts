import { madvise, mmapFixed, touchPages } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { Story, STORY_BASE_VPN, type Machine } from '@ptelab/scenario';
import type { Engine, LayoutName } from '../result/result.ts';

/** Uniform private anonymous memory, all written. */
export interface Layout {
  /** Order of its folios. */
  readonly order: number;
  /** Huge mappings are split into single entries afterwards; only of the largest order. */
  readonly pteMapped: boolean;
}

/** A layout of the cover letter "Optimize mprotect() for large folios". */
export interface NamedLayout extends Layout {
  readonly name: LayoutName;
  readonly title: string;
}

/** T1 to T3 of the cover letter, which measures 1 GiB of each. */
export const LAYOUTS: readonly NamedLayout[] = [
  { name: 'T1', title: '2 MiB folios, PTE-mapped', order: 9, pteMapped: true },
  { name: 'T2', title: '64 KiB folios', order: 4, pteMapped: false },
  { name: 'T3', title: '4 KiB pages', order: 0, pteMapped: false },
];

/** Pages of 4 KiB in one MiB. */
export const PAGES_PER_MIB = 256;

const BASE_PAGE_KIB = 4;
/** Whoever watches is asked this often; tables of one stretch can be filled alike. */
const PAGES_BETWEEN_LOOKS = 2 ** 22;

/** The layout of folios of `order`, single pages to PTE-mapped huge ones. */
export function layoutOfOrder(order: number): Layout {
  return { order, pteMapped: order === 9 };
}

/** What a layout is built on. */
export interface Ground {
  readonly machine: Machine;
  readonly engine: Engine;
}

/**
 * Builds a layout of `pages` pages by mapping, writing and, for PTE-mapped huge pages, splitting.
 *
 * @param look - called every now and then; may throw to give up.
 */
export function buildLayout(
  { machine, engine }: Ground,
  layout: Layout,
  pages: number,
  look: () => void = () => undefined,
): Story {
  const story = new Story(machine, { shareLeafTables: engine === 'shared' });
  const { mm, system } = story;
  if (layout.order > 0) system.thp.set(BASE_PAGE_KIB * 2 ** layout.order, 'always');
  const start = STORY_BASE_VPN;
  mmapFixed(mm, { start, nr: pages, prot: VM_READ | VM_WRITE, shared: false, file: null });
  for (let at = 0; at < pages; at += PAGES_BETWEEN_LOOKS) {
    look();
    touchPages(mm, start + at, start + Math.min(at + PAGES_BETWEEN_LOOKS, pages), 'write');
  }
  if (layout.pteMapped) {
    // Marking the first page of a huge mapping splits the VMA, and with it the mapping.
    for (let vpn = start; vpn < start + pages; vpn += mm.pmdPages) {
      if ((vpn - start) % PAGES_BETWEEN_LOOKS === 0) look();
      madvise(mm, vpn, vpn + 1, 'DONTFORK');
      madvise(mm, vpn, vpn + 1, 'DOFORK');
    }
  }
  return story;
}
