/*
 * What an mprotect of a VMA does, on a model of the VMA that is made from what /proc shows of it.
 *
 * /proc shows no entries; so some things are assumed, and nothing else: pages are accessed; anonymous pages are
 * dirty, and so are pages of shared memory that may be written; a page that is mapped nowhere else is exclusive
 * (PageAnonExclusive) and writable if its VMA is; files are like tmpfs, which does not want to know about writes.
 */
import {
  folioAddNewAnonRmapPmd,
  folioAddRmapPmd,
  folioAddRmapPtes,
  PAGE_KIND,
  type PageKind,
} from '@ptelab/folio';
import { AddressSpace, BackedFile, createSystem, HugePmd, mmapFixed, type Vma } from '@ptelab/mm';
import { mprotect } from '@ptelab/mprotect';
import {
  makePte,
  takeEvents,
  VM_EXEC,
  VM_READ,
  VM_WRITE,
  type EventCounters,
  type Pte,
} from '@ptelab/pte';
import { encodeEntry, type Machine } from '@ptelab/scenario';
import { PAGEMAP_FLAG, type PageRun, type RunKind, type SnapshotVma } from '../snapshot/records.ts';
import { isAnonymous } from './anonymous.ts';
import { toFolioEnd } from './folio-pieces.ts';

/** A VMA, or a part of it, as far as the model needs it. */
export interface ModelVma {
  readonly vma: SnapshotVma;
  /** Part that is modelled: first page, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Runs of the part. */
  readonly runs: readonly PageRun[];
  /** Runs of these that a PMD maps. */
  readonly pmdMapped: ReadonlySet<PageRun>;
}

/** What the two calls of a round did. */
export interface RoundEvents {
  /** Write permission goes. */
  readonly protect: EventCounters;
  /** Write permission comes back. */
  readonly restore: EventCounters;
}

/** Some other process, which shares pages. */
const OTHER_MM = -2;

/** Blocks of frames that the model needs for the zero pages. */
const OWN_BLOCKS = 2;

const KINDS: ReadonlyMap<RunKind, PageKind> = new Map([
  ['anon', PAGE_KIND.ANON],
  ['file', PAGE_KIND.FILE],
  ['ksm', PAGE_KIND.KSM],
]);

/** Fills the page tables of one VMA. */
class Filler {
  readonly #mm: AddressSpace;
  readonly #vma: Vma;
  readonly #writable: boolean;
  readonly #shared: boolean;
  readonly #blocks = new Map<number, number>();
  readonly #pte: Pte = makePte();

  constructor(mm: AddressSpace, vma: Vma, perms: string) {
    this.#mm = mm;
    this.#vma = vma;
    this.#writable = perms.includes('w');
    this.#shared = perms.endsWith('s');
  }

  /** Frames lie anywhere in a large memory; the model's lie close together. */
  #frame(pfn: number): number {
    const { pmdPages } = this.#mm;
    const at = pfn % pmdPages;
    const block = (pfn - at) / pmdPages;
    let name = this.#blocks.get(block);
    if (name === undefined) {
      name = OWN_BLOCKS + this.#blocks.size;
      this.#blocks.set(block, name);
    }
    return name * pmdPages + at;
  }

  #letters(run: PageRun, exclusive: boolean): string {
    const { pagemapFlags, kind } = run;
    const write = this.#writable && (this.#shared || (kind === 'anon' && exclusive));
    const uffd = (pagemapFlags & PAGEMAP_FLAG.UFFD_WP) !== 0;
    return [
      'y',
      write && !uffd ? 'w' : '',
      kind === 'anon' || write ? 'd' : '',
      (pagemapFlags & PAGEMAP_FLAG.SOFT_DIRTY) === 0 ? '' : 's',
      uffd ? 'u' : '',
    ].join('');
  }

  #mapFolio(pfn: number, order: number, nr: number, kind: PageKind, exclusive: boolean): void {
    const { memmap } = this.#mm.system;
    const head = pfn - (pfn % 2 ** order);
    if (memmap.pageKind(head) === PAGE_KIND.FREE) memmap.initFolio(head, order, kind);
    folioAddRmapPtes(memmap, this.#mm.id, pfn, nr);
    memmap.folioRefAdd(pfn, nr);
    if (!exclusive) folioAddRmapPtes(memmap, OTHER_MM, pfn, nr);
    else if (kind === PAGE_KIND.ANON) memmap.setAnonExclusive(pfn, nr, true);
  }

  #store(vpn: number, nr: number): void {
    const { arch } = this.#mm.system;
    const table = this.#mm.allocTable(vpn);
    arch.setPtes(this.#mm, table, vpn - table.base, this.#pte, nr);
  }

  #zeroes(run: PageRun): void {
    const { arch, zeroPfn } = this.#mm.system;
    const parts = { pageProt: this.#vma.pageProt, pfn: 0, zeroPfn, swapSlot: 0 };
    encodeEntry(arch, { kind: 'zero' }, parts, this.#pte);
    for (let i = 0; i < run.pages; i++) this.#store(run.vpn + i, 1);
  }

  /** Maps a run of a kind that has folios. */
  add(run: PageRun): void {
    if (run.kind === 'zero') {
      this.#zeroes(run);
      return;
    }
    const kind = KINDS.get(run.kind);
    if (kind === undefined || run.pfn === null) return;
    const { arch, zeroPfn } = this.#mm.system;
    const { pmdPages } = this.#mm;
    const order = run.order ?? 0;
    const exclusive = (run.pagemapFlags & PAGEMAP_FLAG.EXCLUSIVE) !== 0;
    const letters = this.#letters(run, exclusive);
    for (let done = 0; done < run.pages;) {
      const vpn = run.vpn + done;
      const pfn = this.#frame(run.pfn + done);
      const toTableEnd = pmdPages - (vpn % pmdPages);
      const nr = Math.min(run.pages - done, toFolioEnd(pfn, order), toTableEnd);
      this.#mapFolio(pfn, order, nr, kind, exclusive);
      const parts = { pageProt: this.#vma.pageProt, pfn, zeroPfn, swapSlot: 0 };
      encodeEntry(arch, { kind: 'present', folio: '', page: 0, letters }, parts, this.#pte);
      this.#store(vpn, nr);
      done += nr;
    }
  }

  /** Maps a run that is one huge folio by a PMD. */
  addHuge(run: PageRun): void {
    const { arch, memmap, thp } = this.#mm.system;
    const head = this.#frame(run.pfn ?? 0);
    const anon = run.kind === 'anon';
    const exclusive = (run.pagemapFlags & PAGEMAP_FLAG.EXCLUSIVE) !== 0;
    memmap.initFolio(head, thp.pmdOrder, anon ? PAGE_KIND.ANON : PAGE_KIND.FILE);
    if (anon && exclusive) folioAddNewAnonRmapPmd(memmap, this.#mm.id, head);
    else {
      folioAddRmapPmd(memmap, this.#mm.id, head);
      if (!exclusive) folioAddRmapPmd(memmap, OTHER_MM, head);
    }
    const entry = makePte();
    arch.pfnPmd(head, this.#vma.pageProt, entry);
    const letters = this.#letters(run, exclusive);
    entry.bits = arch.pteMkyoung(entry.bits);
    if (letters.includes('d')) entry.bits = arch.pteMkdirty(entry.bits);
    entry.bits = letters.includes('w')
      ? arch.pteMkwrite(entry.bits)
      : arch.pteWrprotect(entry.bits);
    this.#mm.setPmd(run.vpn, new HugePmd(run.vpn, entry));
  }
}

function build(machine: Machine, { vma, start, end, runs, pmdMapped }: ModelVma): AddressSpace {
  const mm = new AddressSpace(createSystem(machine.arch));
  const nr = end - start;
  const file = isAnonymous(vma)
    ? null
    : new BackedFile('file', { kind: 'tmpfs', huge: 'never' }, nr);
  const prot = VM_READ | VM_WRITE | (vma.perms.includes('x') ? VM_EXEC : 0);
  mmapFixed(mm, { start, nr, prot, shared: vma.perms.endsWith('s'), file });
  const own = mm.vmas.lookup(start);
  if (own === undefined) throw new RangeError(`page ${start} has no VMA`);
  own.anonVma = { id: mm.system.nextId() };
  const filler = new Filler(mm, own, vma.perms);
  for (const run of runs) {
    if (pmdMapped.has(run)) filler.addHuge(run);
    else filler.add(run);
  }
  return mm;
}

/** True if a round says something about a VMA: it can be written, and is made of pages that the model has. */
export function hasRound(vma: SnapshotVma): boolean {
  return vma.perms.includes('w');
}

/** Takes write permission from a VMA and gives it back, on one machine. */
export function playRound(machine: Machine, model: ModelVma): RoundEvents {
  const mm = build(machine, model);
  const { start, end, vma } = model;
  const pageBytes = 2 ** machine.arch.pageShift;
  const keep = VM_READ | (vma.perms.includes('x') ? VM_EXEC : 0);
  const call = (prot: number): EventCounters => {
    takeEvents(mm.events);
    const length = (end - start) * pageBytes;
    mprotect(mm, { start: start * pageBytes, length, prot, strategy: machine.strategy });
    return takeEvents(mm.events);
  };
  return { protect: call(keep), restore: call(keep | VM_WRITE) };
}
