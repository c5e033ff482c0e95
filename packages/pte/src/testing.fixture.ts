import type { Arch } from './arch.ts';
import { makeEvents, takeEvents, type EventCounters } from './events.ts';
import type { MmContext } from './mm-context.ts';
import { parseRawHex, rawHex } from './raw.ts';
import { makePte, PteTable, type Pte } from './table.ts';
import type { TraceEvent } from './trace.ts';

/** What a test may want different about the address space. */
export interface TestMmOptions {
  readonly isUser?: boolean;
  /** Order of every folio in memory. */
  readonly order?: number;
  readonly tlbFlushPending?: number;
}

/** An address space that keeps its trace. */
export interface TestMm extends MmContext {
  readonly traced: TraceEvent[];
}

export function testMm(options: TestMmOptions = {}): TestMm {
  const traced: TraceEvent[] = [];
  return {
    isUser: options.isUser ?? true,
    events: makeEvents(),
    traced,
    trace: (event) => traced.push(event),
    folios: { folioOrder: () => options.order ?? 9 },
    tlbFlushPending: options.tlbFlushPending ?? 0,
  };
}

/** Takes the counters that are not zero, so that a test states all costs of a call. */
export function cost(mm: MmContext): Partial<EventCounters> {
  const taken = Object.entries(takeEvents(mm.events)) as [keyof EventCounters, number][];
  return Object.fromEntries(taken.filter(([, count]) => count !== 0));
}

/** Bits word of a raw entry. */
export function bitsOf(hex: string): number {
  return parseRawHex(hex).bits;
}

/** Raw entry with an empty frame, for a bits word. */
export function hexOfBits(bits: number): string {
  return rawHex({ pfn: 0, bits });
}

/** Pages that {@link mapped} maps: `nr` from `index`, on frames from `pfn`. */
export interface Mapping {
  readonly bits: number;
  readonly nr: number;
  readonly index?: number;
  readonly pfn?: number;
}

/** A block-aligned frame in every granule. */
export const PFN = 0x12300;

/** Stores a mapping without cost. */
export function map(
  arch: Arch,
  table: PteTable,
  { bits, nr, index = 0, pfn = PFN }: Mapping,
): void {
  const pte = makePte();
  for (let i = 0; i < nr; i++) {
    arch.pfnPte(pfn + i, bits, pte);
    table.poke(index + i, pte);
  }
}

/** A table of `arch` at a base that is aligned to it, with one mapping. */
export function mapped(arch: Arch, mapping: Mapping): PteTable {
  const table = new PteTable(arch.ptesPerTable * 8, arch.ptesPerTable);
  map(arch, table, mapping);
  return table;
}

/** Raw entry at `index`. */
export function entryAt(table: PteTable, index: number): string {
  return rawHex(peek(table, index));
}

export function peek(table: PteTable, index: number): Pte {
  const pte = makePte();
  table.peek(index, pte);
  return pte;
}

/** Changes the bits of the entries listed. */
export function change(
  table: PteTable,
  indices: readonly number[],
  to: (bits: number) => number,
): void {
  for (const index of indices) {
    const pte = peek(table, index);
    table.poke(index, { pfn: pte.pfn, bits: to(pte.bits) });
  }
}

/** Indices `from` up to and without `to`. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Indices of the entries that satisfy `test`. */
export function where(table: PteTable, test: (bits: number) => boolean): number[] {
  return span(0, table.length).filter((i) => test(peek(table, i).bits));
}
