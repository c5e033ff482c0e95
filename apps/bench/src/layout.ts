import { madvise, mmapFixed, touchPages } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { Story, STORY_BASE_VPN, type Machine } from '@ptelab/scenario';

/** The cover letter's memory layouts: all 1 GiB of written private anonymous memory. */
type LayoutName = 'T1' | 'T2' | 'T3';

/** A layout and how it comes about. */
export interface Layout {
  readonly name: LayoutName;
  readonly title: string;
  /** Folio size in KiB. */
  readonly kb: number;
  /** Huge mappings are split into single entries afterwards. */
  readonly pteMapped: boolean;
}

/** T1 to T3 of "Optimize mprotect() for large folios". */
export const LAYOUTS: readonly Layout[] = [
  { name: 'T1', title: '2 MiB folios, PTE-mapped', kb: 2048, pteMapped: true },
  { name: 'T2', title: '64 KiB folios', kb: 64, pteMapped: false },
  { name: 'T3', title: '4 KiB pages', kb: 4, pteMapped: false },
];

const BASE_PAGE_KB = 4;

/** Builds a layout of `pages` pages by mapping, writing and, for T1, splitting. */
export function buildLayout(machine: Machine, layout: Layout, pages: number): Story {
  const story = new Story(machine);
  const { mm, system } = story;
  if (layout.kb > BASE_PAGE_KB) system.thp.set(layout.kb, 'always');
  const start = STORY_BASE_VPN;
  mmapFixed(mm, { start, nr: pages, prot: VM_READ | VM_WRITE, shared: false, file: null });
  touchPages(mm, start, start + pages, 'write');
  if (layout.pteMapped) {
    // Marking the first page of a huge mapping splits the VMA, and with it the mapping.
    for (let vpn = start; vpn < start + pages; vpn += mm.pmdPages) {
      madvise(mm, vpn, vpn + 1, 'DONTFORK');
      madvise(mm, vpn, vpn + 1, 'DOFORK');
    }
  }
  return story;
}
