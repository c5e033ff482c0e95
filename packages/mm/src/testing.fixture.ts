import type { FolioAllocator } from '@ptelab/folio';
import {
  makePte,
  rawHex,
  takeEvents,
  VM_READ,
  VM_WRITE,
  type AccessKind,
  type Arch,
  type EventCounters,
  type Pte,
} from '@ptelab/pte';
import { AddressSpace } from './address-space.ts';
import { createSystem } from './create-system.ts';
import { accessPage, storeByte } from './fault/access.ts';
import { HugePmd } from './huge/huge-pmd.ts';
import { mmapFixed } from './ops/mmap.ts';
import type { Vma, VmFile } from './vma/vma.ts';

export const RO: number = VM_READ;
export const RW: number = VM_READ | VM_WRITE;

/** First page of all test mappings: entry 0 of a table. */
export const BASE = 0x1000;

/** Objects behind file mappings: shared memory, and a file system that wants to know of writes. */
export const SHMEM: VmFile = { name: 'shmem', pageMkwrite: false, canWriteback: false };
export const EXT4: VmFile = { name: 'ext4', pageMkwrite: true, canWriteback: true };

/** What a test may want different about the machine. */
export interface TestOptions {
  /** Folio sizes in KiB that anonymous memory always uses. */
  readonly kb?: readonly number[];
  readonly allocator?: FolioAllocator;
  readonly maxMapCount?: number;
}

/** An empty address space on a machine of its own. */
export function testMm(arch: Arch, { kb = [], ...options }: TestOptions = {}): AddressSpace {
  const system = createSystem(arch, options);
  for (const size of kb) system.thp.set(size, 'always');
  return new AddressSpace(system);
}

/** Maps private anonymous pages [start, end) and returns their VMA. */
export function mapAnon(mm: AddressSpace, start: number, end: number, prot: number = RW): Vma {
  mmapFixed(mm, { start, nr: end - start, prot, shared: false, file: null });
  return vmaAt(mm, start);
}

export function vmaAt(mm: AddressSpace, vpn: number): Vma {
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined) throw new RangeError(`no VMA at page ${vpn}`);
  return vma;
}

/** Accesses pages [start, end) one by one; returns the faults that it took. */
export function touch(
  mm: AddressSpace,
  start: number,
  end: number = start + 1,
  kind: AccessKind = 'write',
): number {
  let faults = 0;
  for (let vpn = start; vpn < end; vpn++) faults += accessPage(mm, vpn, kind).faults;
  return faults;
}

/** `nr` anonymous pages from {@link BASE} on, each written once; in folios of `kb` if that is given. */
export function writtenMm(arch: Arch, kb?: number, nr = 16): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, BASE + nr);
  touch(mm, BASE, BASE + nr);
  cost(mm);
  return mm;
}

/** As {@link writtenMm}, every page with a byte of its own; what that cost is still counted. */
export function filledMm(arch: Arch, kb?: number, nr = 16): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, BASE + nr);
  for (const i of span(0, nr)) storeByte(mm, BASE + i, 0, i + 1);
  return mm;
}

/** Entry of page `vpn`; the huge one if that maps it. Empty where there is no table. */
export function entryOf(mm: AddressSpace, vpn: number): Pte {
  const pmd = mm.pmd(vpn);
  if (pmd instanceof HugePmd) return { ...pmd.entry };
  const pte = makePte();
  pmd?.peek(vpn - pmd.base, pte);
  return pte;
}

export function hexOf(mm: AddressSpace, vpn: number): string {
  return rawHex(entryOf(mm, vpn));
}

/** Page frame that page `vpn` maps. */
export function pfnOf(mm: AddressSpace, vpn: number): number {
  return mm.system.arch.ptePfn(entryOf(mm, vpn));
}

/** Changes the bits of single entries, at no cost. */
export function changeBits(
  mm: AddressSpace,
  vpns: readonly number[],
  to: (bits: number) => number,
): void {
  for (const vpn of vpns) {
    const table = mm.allocTable(vpn);
    const pte = entryOf(mm, vpn);
    table.poke(vpn - table.base, { pfn: pte.pfn, bits: to(pte.bits) });
  }
}

/** Pages `from` up to and without `to`. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Pages of [start, end), counted from `start`, whose entry satisfies `test`. */
export function where(
  mm: AddressSpace,
  start: number,
  end: number,
  test: (bits: number, pfn: number) => boolean,
): number[] {
  return span(0, end - start).filter((i) => {
    const pte = entryOf(mm, start + i);
    return test(pte.bits, mm.system.arch.ptePfn(pte));
  });
}

export function writable(mm: AddressSpace, start: number, end: number): number[] {
  return where(mm, start, end, (bits) => mm.system.arch.pteWrite(bits));
}

export function present(mm: AddressSpace, start: number, end: number): number[] {
  return where(mm, start, end, (bits) => mm.system.arch.ptePresent(bits));
}

/** Pages of [start, end), counted from `start`, that map an exclusive page. */
export function exclusive(mm: AddressSpace, start: number, end: number): number[] {
  const { arch, memmap } = mm.system;
  return where(mm, start, end, (bits, pfn) => arch.ptePresent(bits) && memmap.anonExclusive(pfn));
}

/** VMAs as "start-end" in pages from {@link BASE}. */
export function vmaMap(mm: AddressSpace): string[] {
  return mm.vmas.all.map((vma) => `${vma.start - BASE}-${vma.end - BASE}`);
}

/** Takes the counters that are not zero, so that a test states all costs of a call. */
export function cost(mm: AddressSpace): Partial<EventCounters> {
  const taken = Object.entries(takeEvents(mm.events)) as [keyof EventCounters, number][];
  return Object.fromEntries(taken.filter(([, count]) => count !== 0));
}
