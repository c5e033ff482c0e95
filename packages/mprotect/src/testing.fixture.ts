import {
  accessPage,
  AddressSpace,
  createSystem,
  HugePmd,
  mmapFixed,
  VM_SOFTDIRTY,
  VM_UFFD_WP,
  vmaSetPageProt,
  type SystemOptions,
  type Vma,
  type VmFile,
} from '@ptelab/mm';
import {
  makePte,
  rawHex,
  VM_READ,
  VM_WRITE,
  type AccessKind,
  type Arch,
  type Pte,
} from '@ptelab/pte';
import type { Strategy } from './strategy.ts';
import { mprotect, type MprotectArgs, type MprotectResult } from './syscall.ts';

export const NONE = 0;
export const RO: number = VM_READ;
export const RW: number = VM_READ | VM_WRITE;

/** First page of all test mappings: entry 0 of a table. */
export const BASE = 0x1000;
/** Frame of the first folio that {@link stateOf} makes. */
export const PFN = 0x100;

/** What a page may hold, as the memory map numbers it. */
type PageKind = Parameters<AddressSpace['system']['memmap']['initFolio']>[2];
export const ANON: PageKind = 1;
export const FILE: PageKind = 2;
export const KSM: PageKind = 3;

export const SHMEM: VmFile = { name: 'shmem', pageMkwrite: false, canWriteback: false };
export const EXT4: VmFile = { name: 'ext4', pageMkwrite: true, canWriteback: true };

export function testMm(
  arch: Arch,
  kb: readonly number[] = [],
  options: SystemOptions = {},
): AddressSpace {
  const system = createSystem(arch, options);
  for (const size of kb) system.thp.set(size, 'always');
  return new AddressSpace(system);
}

export function mapAnon(mm: AddressSpace, from: number, to: number, prot: number = RW): Vma {
  mmapFixed(mm, { start: BASE + from, nr: to - from, prot, shared: false, file: null });
  return vmaAt(mm, from);
}

/** VMA of the page that lies `at` pages behind {@link BASE}. */
export function vmaAt(mm: AddressSpace, at: number): Vma {
  const vma = mm.vmas.lookup(BASE + at);
  if (vma === undefined) throw new RangeError(`no VMA at page ${at}`);
  return vma;
}

/** Accesses pages [from, to) behind {@link BASE}; returns the faults that it took. */
export function touch(
  mm: AddressSpace,
  from: number,
  to: number = from + 1,
  kind: AccessKind = 'write',
): number {
  let faults = 0;
  for (let at = from; at < to; at++) faults += accessPage(mm, BASE + at, kind).faults;
  return faults;
}

/** Calls mprotect for pages [from, to) behind {@link BASE}. */
export function protect(
  mm: AddressSpace,
  from: number,
  to: number,
  prot: number,
  options: Partial<MprotectArgs> = {},
): MprotectResult {
  const bytes = 2 ** mm.system.arch.pageShift;
  const start = (BASE + from) * bytes;
  return mprotect(mm, { start, length: (to - from) * bytes, prot, ...options });
}

/** VMAs as "start-end" in pages from {@link BASE}. */
export function vmaMap(mm: AddressSpace): string[] {
  return mm.vmas.all.map((vma) => `${vma.start - BASE}-${vma.end - BASE}`);
}

export function entryOf(mm: AddressSpace, at: number): Pte {
  const pmd = mm.pmd(BASE + at);
  if (pmd instanceof HugePmd) return { ...pmd.entry };
  const pte = makePte();
  pmd?.peek(BASE + at - pmd.base, pte);
  return pte;
}

export function hexOf(mm: AddressSpace, at: number): string {
  return rawHex(entryOf(mm, at));
}

/** Pages `from` up to and without `to`. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/**
 * One digit per slot, left to right; one digit alone stands for all slots.
 *
 * W write, D dirty, A accessed, S soft-dirty, U uffd-wp, E exclusive; P is the frame, from
 * {@link PFN}.
 */
interface Bits {
  readonly W?: string;
  readonly D?: string;
  readonly A?: string;
  readonly S?: string;
  readonly U?: string;
  readonly E?: string;
}

/** Where a state differs from: four slots on one anonymous folio of four pages, all zero but A. */
export interface State extends Bits {
  /** Protection of the VMA. */
  readonly prot: number;
  /** Orders of the folios, whose frames lie in a row. */
  readonly folios?: readonly number[];
  /** Page of the first folio that slot 0 maps. */
  readonly first?: number;
  readonly kind?: PageKind;
  /** Mapped file, for shared mappings. */
  readonly shared?: VmFile;
  /** Soft-dirty tracking is on: VM_SOFTDIRTY is clear. */
  readonly tracking?: boolean;
  /** Slots that stay empty. */
  readonly holes?: readonly number[];
}

const SLOTS = 4;

function isSet(digits: string | undefined, slot: number): boolean {
  return digits?.[digits.length === 1 ? 0 : slot] === '1';
}

/** Puts entries and pages into the state described. */
export function stateOf(arch: Arch, state: State): AddressSpace {
  const { prot, folios = [2], first = 0, kind = ANON, shared } = state;
  const mm = testMm(arch);
  const { memmap } = mm.system;
  const file = shared ?? null;
  mmapFixed(mm, { start: BASE, nr: SLOTS, prot, shared: file !== null, file });
  const vma = vmaAt(mm, 0);
  if (state.tracking === true) vma.flags &= ~VM_SOFTDIRTY;
  if (state.U !== undefined) vma.flags |= VM_UFFD_WP;
  vmaSetPageProt(arch, vma);
  vma.anonVma = { id: mm.system.nextId() };
  let head = PFN;
  for (const order of folios) {
    memmap.initFolio(head, order, kind);
    head += 2 ** order;
  }
  for (let slot = 0; slot < SLOTS; slot++) {
    if (state.holes?.includes(slot)) continue;
    const pfn = PFN + first + slot;
    countMapping(mm, pfn);
    memmap.setAnonExclusive(pfn, 1, isSet(state.E, slot));
    mm.allocTable(BASE).poke(slot, presentEntry(arch, vma.pageProt, pfn, state, slot));
  }
  return mm;
}

/** Counts one mapping of a page, and its reference: the first one the folio has from the start. */
function countMapping(mm: AddressSpace, pfn: number): void {
  const { memmap } = mm.system;
  const head = memmap.folioHead(pfn);
  const section = memmap.ownSection(head);
  if (memmap.folioMapcount(pfn) > 0) memmap.folioRefAdd(pfn, 1);
  section.frames.mapcount[pfn - section.base] = 1;
  if (memmap.folioOrder(pfn) === 0) return;
  section.frames.largeMapcount[head - section.base] = memmap.folioMapcount(pfn) + 1;
  memmap.mmIds.add(head, mm.id, 1);
}

function presentEntry(arch: Arch, prot: number, pfn: number, state: State, slot: number): Pte {
  const pte = makePte();
  arch.pfnPte(pfn, prot, pte);
  if (isSet(state.D, slot)) pte.bits = arch.pteMkdirty(pte.bits);
  pte.bits = isSet(state.S, slot)
    ? arch.pteMksoftDirty(pte.bits)
    : arch.pteClearSoftDirty(pte.bits);
  if (isSet(state.W, slot)) pte.bits = arch.pteMkwrite(pte.bits);
  if (isSet(state.U, slot)) pte.bits = arch.pteMkuffdWp(pte.bits);
  pte.bits = isSet(state.A ?? '1', slot) ? arch.pteMkyoung(pte.bits) : arch.pteMkold(pte.bits);
  return pte;
}

type Name = keyof Bits | 'P';

/** Reads the slots back, in the digits of {@link Bits}. */
export function digits(mm: AddressSpace, name: Name, nr: number = SLOTS): string {
  const { arch, memmap } = mm.system;
  const read: Record<Name, (pte: Pte) => boolean | number> = {
    W: ({ bits }) => arch.pteWrite(bits),
    D: ({ bits }) => arch.pteDirty(bits),
    A: ({ bits }) => arch.pteYoung(bits),
    S: ({ bits }) => arch.pteSoftDirty(bits),
    U: ({ bits }) => arch.pteUffdWp(bits),
    E: (pte) => memmap.anonExclusive(arch.ptePfn(pte)),
    P: (pte) => arch.ptePfn(pte) - PFN,
  };
  return span(0, nr)
    .map((slot) => {
      const pte = entryOf(mm, slot);
      return arch.ptePresent(pte.bits) ? String(Number(read[name](pte))) : '-';
    })
    .join('');
}

/** What a traced mprotect did: batches and commits as "slot+length", flushed ranges as "from-to". */
export interface Trail {
  readonly result: MprotectResult;
  readonly batches: string[];
  readonly commits: string[];
  readonly records: number;
  readonly flushes: string[];
}

/** As {@link protect}, on all four slots, and tells what was done. */
export function traced(
  mm: AddressSpace,
  prot: number,
  strategy?: Strategy,
  range: readonly [number, number] = [0, SLOTS],
): Trail {
  const batches: string[] = [];
  const commits: string[] = [];
  const flushes: string[] = [];
  const records = mm.events.flushRecords;
  mm.trace = (event): void => {
    if (event.fn === 'modify_prot_start') batches.push(`${event.vpn - BASE}+${event.nr}`);
    if (event.fn === 'modify_prot_commit') {
      const write = mm.system.arch.pteWrite(event.new.bits) ? 'w' : '';
      commits.push(`${event.vpn - BASE}+${event.nr}${write}`);
    }
    if (event.fn === 'flush_tlb_range') flushes.push(`${event.start - BASE}-${event.end - BASE}`);
  };
  const result = protect(mm, range[0], range[1], prot, strategy === undefined ? {} : { strategy });
  mm.trace = null;
  return { result, batches, commits, records: mm.events.flushRecords - records, flushes };
}
