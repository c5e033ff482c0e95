import { PAGE_KIND } from '@ptelab/folio';
import { HugePmd, type AddressSpace } from '@ptelab/mm';
import { makePte, type PteTable, type Pte } from '@ptelab/pte';
import { STORY_BASE_VPN, type Story } from '@ptelab/scenario';
import type { DumpStep } from '../recording/types.ts';
import { wordsOfHex } from '../recording/words.ts';
import { recordedPage, type FolioOrders, type RecordedPage } from './dump-pages.ts';

/** The order that the visible pages of a folio force, if no dump has shown the folio's second page. */
function visibleOrder(pages: readonly (RecordedPage | null)[], page: RecordedPage): number {
  const frames = new Set(pages.flatMap((other) => (other?.compound === 'tail' ? [other.pfn] : [])));
  let order = 1;
  while (frames.has(page.pfn - (page.pfn % 2 ** order) + 2 ** order)) order++;
  return order;
}

/** Puts the folio that holds `page` into physical memory, once. */
function loadFolio(
  story: Story,
  pages: readonly (RecordedPage | null)[],
  page: RecordedPage,
  orders: FolioOrders,
): void {
  const { memmap } = story.system;
  if (memmap.pageKind(page.pfn) !== PAGE_KIND.FREE) return;
  const order =
    page.compound === 'single' ? 0 : (orders.orderOf(page.pfn) ?? visibleOrder(pages, page));
  memmap.initFolio(page.pfn - (page.pfn % 2 ** order), order, page.kind);
}

function loadPage(story: Story, page: RecordedPage): void {
  const { memmap } = story.system;
  const section = memmap.ownSection(page.pfn);
  const at = page.pfn - section.base;
  if (memmap.isAnon(page.pfn)) section.frames.anonExclusive[at] = page.anonExclusive ? 1 : 0;
  section.frames.mapcount[at] = (page.mapcount ?? -1) + 1;
}

/** Sets the PMD that covers page `i` of the dump. Tables are filled by the caller. */
function loadPmd(story: Story, dump: DumpStep, i: number, pmd: Pte): PteTable | undefined {
  const { mm } = story;
  const { arch } = story.system;
  const vpn = STORY_BASE_VPN + dump.off + i;
  const base = mm.pmdBase(vpn);
  if (dump.pte[i] !== null) return mm.allocTable(vpn);
  const huge = pmd.bits !== 0 && (arch.pmdLeaf(pmd) || !arch.ptePresent(pmd.bits));
  if (huge) mm.setPmd(base, new HugePmd(base, { ...pmd }));
  return undefined;
}

/**
 * Sets the model's page tables and physical memory to what a dump shows. Everything else that was in
 * them is forgotten; VMAs stay.
 */
export function loadDump(story: Story, dump: DumpStep, orders: FolioOrders): void {
  const { mm, system } = story;
  const pages = dump.pte.map((_, i) => recordedPage(dump, i));
  orders.learn(pages);
  mm.clearPageTables();
  system.memmap.clear();
  const pte = makePte();
  let table: PteTable | undefined;
  for (const [i, raw] of dump.pte.entries()) {
    const vpn = STORY_BASE_VPN + dump.off + i;
    if (i === 0 || vpn % mm.pmdPages === 0) {
      const pmd = dump.pmd[pmdIndexInDump(mm, dump, i)] ?? null;
      pte.pfn = 0;
      pte.bits = 0;
      if (pmd !== null) wordsOfHex(pmd, pte);
      table = loadPmd(story, dump, i, pte);
    }
    if (table !== undefined && raw !== null) {
      wordsOfHex(raw, pte);
      table.poke(vpn - table.base, pte);
    }
    const page = pages[i] ?? null;
    if (page === null) continue;
    loadFolio(story, pages, page, orders);
    loadPage(story, page);
  }
}

/** Which element of `dump.pmd` covers page `i`. */
export function pmdIndexInDump(mm: AddressSpace, dump: DumpStep, i: number): number {
  const first = mm.pmdIndex(STORY_BASE_VPN + dump.off);
  return mm.pmdIndex(STORY_BASE_VPN + dump.off + i) - first;
}
