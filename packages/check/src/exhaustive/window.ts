import { folioAddRmapPtes, PAGE_KIND, type PageKind } from '@ptelab/folio';
import {
  AddressSpace,
  createSystem,
  mmapFixed,
  VM_SOFTDIRTY,
  VM_UFFD_WP,
  vmaSetPageProt,
  vmaWantsManualPteWriteUpgrade,
  type Vma,
  type VmFile,
} from '@ptelab/mm';
import {
  MM_CP_PROT_NUMA,
  MM_CP_TRY_CHANGE_WRITABLE,
  MM_CP_UFFD_WP,
  MM_CP_UFFD_WP_RESOLVE,
} from '@ptelab/mprotect';
import type { Arch, PteTable } from '@ptelab/pte';
import { protBits, STORY_BASE_VPN, type EntryFolioKind } from '@ptelab/scenario';
import { CallLog } from '../call/call-log.ts';
import { observeArch, type ObservedArch } from '../call/observed-arch.ts';
import type { Layout, LayoutFolio } from '../scope/layout.ts';
import { isSharedMapping, type Mapping, type Setting } from '../scope/setting.ts';

/** First frame of the folios of layouts; aligned to the largest of them. */
export const FIRST_FRAME = 0x1000;
/** Page of the story at which table index 0 of a layout lies: one table above the start. */
export const FIRST_PAGE = 512;

const FILES: Readonly<Record<Mapping, VmFile | null>> = {
  anon: null,
  'private-file': { name: 'file', pageMkwrite: true, canWriteback: true },
  shmem: { name: 'shmem', pageMkwrite: false, canWriteback: false },
  ext4: { name: 'ext4', pageMkwrite: true, canWriteback: true },
};

const KINDS: Readonly<Record<EntryFolioKind, PageKind>> = {
  anon: PAGE_KIND.ANON,
  file: PAGE_KIND.FILE,
  ksm: PAGE_KIND.KSM,
};

/** Id of the userfaultfd that watches VMAs of settings with one. */
const UFFD = 1;

/** One slot of a window: where its entry stands, and the page behind it. */
export interface WindowSlot {
  readonly table: PteTable;
  readonly index: number;
  readonly pfn: number;
  /** Head frame of the folio. */
  readonly head: number;
  readonly kind: EntryFolioKind;
  /** True if the NUMA scanner leaves pages of the folio alone. */
  readonly numaFiltered: boolean;
}

/** What all states of a block have in common, ready to be filled in and run. */
export interface Window {
  readonly mm: AddressSpace;
  readonly observed: ObservedArch;
  readonly vma: Vma;
  /** Page protection of the VMA before the call: what entries are made from. */
  readonly protBefore: number;
  /** Protection that the walk gives. */
  readonly newprot: number;
  readonly cpFlags: number;
  /** Virtual page of the first slot. */
  readonly base: number;
  /** One for each entry: a slot of the layout stands for `width` of them. */
  readonly slots: readonly WindowSlot[];
  readonly from: number;
  readonly to: number;
}

/** Maps the VMA of a setting and gives it its flags of before the call. */
function mapVma(mm: AddressSpace, setting: Setting, start: number, nr: number): Vma {
  const prot = protBits(setting.before);
  const file = FILES[setting.mapping];
  mmapFixed(mm, { start, nr, prot, shared: isSharedMapping(setting.mapping), file });
  const vma = mm.vmas.lookup(start);
  if (vma === undefined) throw new RangeError('the VMA of a setting was not mapped');
  if (setting.tracking) vma.flags &= ~VM_SOFTDIRTY;
  if (setting.userfaultfd) {
    vma.flags |= VM_UFFD_WP;
    vma.uffd = UFFD;
    mm.userfaultfds.set(UFFD, { wpAsync: true, wpUnpopulated: true });
  }
  vma.anonVma = { id: mm.system.nextId() };
  vmaSetPageProt(mm.system.arch, vma);
  return vma;
}

/**
 * Gives the VMA the flags that the call leaves, and returns the flags of its walk.
 *
 * @kernel mm/mprotect.c mprotect_fixup, mm/userfaultfd.c uffd_wp_range
 */
function enterCall(arch: Arch, vma: Vma, setting: Setting): number {
  if (setting.call === 'uffd-protect') return MM_CP_UFFD_WP;
  if (setting.call === 'numa-scan') return MM_CP_PROT_NUMA;
  if (setting.call === 'uffd-resolve') {
    const upgrades = vmaWantsManualPteWriteUpgrade(arch, vma);
    return MM_CP_UFFD_WP_RESOLVE | (upgrades ? MM_CP_TRY_CHANGE_WRITABLE : 0);
  }
  vma.flags = (vma.flags & ~protBits('rwx')) | protBits(setting.after);
  const upgrades = vmaWantsManualPteWriteUpgrade(arch, vma);
  vmaSetPageProt(arch, vma);
  return upgrades ? MM_CP_TRY_CHANGE_WRITABLE : 0;
}

/** A process that exists only to map folios too. */
const OTHER_MM = -2;

/**
 * True if the NUMA scanner leaves a folio alone: KSM pages, and of private mappings what others map or
 * what is where the process runs.
 *
 * @kernel mm/mempolicy.c folio_can_map_prot_numa (6.19), mm/mprotect.c prot_numa_skip (6.17)
 */
function numaFilters(setting: Setting, folio: LayoutFolio): boolean {
  if (folio.kind === 'ksm') return true;
  const local = (folio.node ?? 0) === 0;
  return !isSharedMapping(setting.mapping) && (local || folio.shared === true);
}

/** Makes a folio of a layout. */
function placeFolio(mm: AddressSpace, folio: LayoutFolio, restExclusive: boolean): void {
  const { memmap } = mm.system;
  const head = FIRST_FRAME + folio.frame;
  const nr = 2 ** folio.order;
  memmap.initFolio(head, folio.order, KINDS[folio.kind]);
  memmap.setAnonExclusive(head, nr, restExclusive);
  memmap.setNode(head, nr, folio.node ?? 0);
  folioAddRmapPtes(memmap, mm.id, head, nr);
  if (folio.shared === true) folioAddRmapPtes(memmap, OTHER_MM, head, nr);
}

/** Prepares a window for a setting and a layout. */
export function makeWindow(inner: Arch, setting: Setting, layout: Layout): Window {
  const observed = observeArch(inner, new CallLog());
  const system = createSystem(observed.arch);
  const mm = new AddressSpace(system);
  const { width } = layout;
  const base = STORY_BASE_VPN + FIRST_PAGE + layout.index;
  const from = layout.from * width;
  const to = layout.to * width;
  // Before there are tables: mapping frees those of what was there.
  const vma = mapVma(mm, setting, base + from, to - from);
  for (const folio of layout.folios) placeFolio(mm, folio, layout.restExclusive);
  const slots = layout.slots.flatMap(({ folio, page }, slot): WindowSlot[] => {
    const behind = layout.folios.find(({ name }) => name === folio);
    if (behind === undefined) throw new RangeError(`the layout has no folio ${folio}`);
    const head = FIRST_FRAME + behind.frame;
    const shown = { head, kind: behind.kind, numaFiltered: numaFilters(setting, behind) };
    return Array.from({ length: width }, (_, i) => {
      const vpn = base + slot * width + i;
      const table = mm.allocTable(vpn);
      return { table, index: vpn - table.base, pfn: head + page * width + i, ...shown };
    });
  });
  const protBefore = vma.pageProt;
  const cpFlags = enterCall(observed.arch, vma, setting);
  observed.base = base;
  observed.race = setting.race;
  const scans = setting.call === 'numa-scan';
  const newprot = scans ? observed.arch.vmGetPageProt(0) : vma.pageProt;
  return { mm, observed, vma, protBefore, newprot, cpFlags, base, slots, from, to };
}
