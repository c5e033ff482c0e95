import { parseRawHex, type Arch, type NonPresentKind, type PteLayout } from '@ptelab/pte';
import { archOf, type MachineSpec } from '../machine.ts';
import type { DumpedPage, PageDump } from './capture.ts';

/** What stands behind a page: nothing at all, an empty entry, a page, part of a huge one, or no page. */
export type MappingState = 'no-table' | 'empty' | 'page' | 'huge' | NonPresentKind;

/** One page of a {@link PageDump}, read the way its machine does. */
export interface MappedPage {
  readonly page: number;
  readonly state: MappingState;
  /** Raw entry, or raw huge mapping; null without a table. */
  readonly raw: string | null;
  /** Frame, or null. */
  readonly pfn: number | null;
  /** First frame of the folio, or null. */
  readonly folio: number | null;
  readonly folioOrder: number | null;
  readonly write: boolean;
  readonly dirty: boolean;
  /** Accessed. */
  readonly young: boolean;
  readonly softDirty: boolean;
  readonly uffdWp: boolean;
  /** Present for software only: PROT_NONE, or a NUMA hint. */
  readonly protNone: boolean;
  /** The contiguous bit, and whether the hardware heeds it; null if it is clear. */
  readonly cont: 'valid' | 'invalid' | null;
  /** PageAnonExclusive, or null where it means nothing. */
  readonly exclusive: boolean | null;
}

type Bits = Pick<
  MappedPage,
  'write' | 'dirty' | 'young' | 'softDirty' | 'uffdWp' | 'protNone' | 'cont'
>;

const NO_BITS: Bits = {
  write: false,
  dirty: false,
  young: false,
  softDirty: false,
  uffdWp: false,
  protNone: false,
  cont: null,
};

function contOf(arch: PteLayout, bits: number): Bits['cont'] {
  if (arch.contPtes === 1) return null;
  if (arch.pteValidCont(bits)) return 'valid';
  return arch.pteMkcont(bits) === bits ? 'invalid' : null;
}

function bitsOf(arch: PteLayout, bits: number, cont: Bits['cont']): Bits {
  return {
    write: arch.pteWrite(bits),
    dirty: arch.pteDirty(bits),
    young: arch.pteYoung(bits),
    softDirty: arch.pteSoftDirty(bits),
    uffdWp: arch.pteUffdWp(bits),
    protNone: arch.pteProtnone(bits),
    cont,
  };
}

function readEntry(arch: PteLayout, raw: string): Bits & Pick<MappedPage, 'state' | 'exclusive'> {
  const pte = parseRawHex(raw);
  if (arch.pteNone(pte)) return { ...NO_BITS, state: 'empty', exclusive: null };
  if (arch.ptePresent(pte.bits)) {
    return { ...bitsOf(arch, pte.bits, contOf(arch, pte.bits)), state: 'page', exclusive: null };
  }
  const { kind, softDirty, uffdWp, exclusive } = arch.decodeNonPresent(pte);
  return { ...NO_BITS, state: kind, softDirty, uffdWp, exclusive: exclusive ? true : null };
}

function readPage(
  arch: Arch,
  { pte, pfn, folioOrder, anonExclusive }: DumpedPage,
  page: number,
  hugePmd: string | null,
): MappedPage {
  const folio = pfn === null || folioOrder === null ? null : pfn - (pfn % 2 ** folioOrder);
  const place = { page, pfn, folio, folioOrder };
  if (pte !== null) {
    const { exclusive, ...entry } = readEntry(arch, pte);
    return { ...place, raw: pte, ...entry, exclusive: anonExclusive ?? exclusive };
  }
  if (hugePmd === null) {
    return { ...place, raw: null, ...NO_BITS, state: 'no-table', exclusive: null };
  }
  const { bits } = parseRawHex(hugePmd);
  const read = arch.ptePresent(bits) ? bitsOf(arch, bits, null) : NO_BITS;
  // One flag stands for the whole mapping: that of the first page (`__folio_add_anon_rmap`, 6.17).
  const exclusive = pfn === folio ? anonExclusive : null;
  return { ...place, raw: hugePmd, ...read, state: 'huge', exclusive };
}

/**
 * Reads the raw entries of a dump: what is mapped, and with which bits.
 *
 * @param spec - the machine that the dump is of.
 */
export function readDump(spec: MachineSpec, dump: PageDump): MappedPage[] {
  const arch = archOf(spec);
  let pmd = 0;
  return dump.pages.map((dumped, i) => {
    const page = dump.at + i;
    if (i > 0 && page % arch.ptesPerTable === 0) pmd++;
    return readPage(arch, dumped, page, dump.hugePmds[pmd] ?? null);
  });
}
