import type { Arch } from '../arch.ts';
import { ARM64_PROT } from '../arm64/protections.ts';
import { changeProtection } from '../mprotect.fixture.ts';
import type { MmContext } from '../mm-context.ts';
import { makePte, type PteTable } from '../table.ts';
import { mapped, PFN, testMm } from '../testing.fixture.ts';
import { X86_PROT } from '../x86/protections.ts';
import type { TlbOptions } from './entry.ts';
import { Tlb } from './tlb.ts';

export const BLOCK: TlbOptions = { policy: 'block' };
export const PAGE: TlbOptions = { policy: 'page' };

/** Bits of a private writable page, accessed; dirty or not. */
export function rw(arch: Arch, dirty: boolean): number {
  const prot = arch.name === 'arm64' ? ARM64_PROT.READONLY : X86_PROT.READONLY;
  return dirty ? arch.pteMkwrite(arch.pteMkdirty(prot)) : arch.pteMkwrite(prot);
}

/** A table, the TLB over it, and the address space that operations get. */
export interface Machine {
  readonly arch: Arch;
  readonly table: PteTable;
  readonly tables: { readonly pmd: () => PteTable; tlbFlushPending: number };
  readonly tlb: Tlb;
  readonly mm: MmContext;
  /** Virtual page of the table's first entry. */
  readonly base: number;
}

/** `nr` writable pages on one folio, stored as one batch; with a TLB. */
export function machine(
  arch: Arch,
  options: TlbOptions,
  { nr = 16, dirty = true }: { readonly nr?: number; readonly dirty?: boolean } = {},
): Machine {
  const table = mapped(arch, { bits: 0, nr: 0 });
  const tables = { pmd: (): PteTable => table, tlbFlushPending: 0 };
  const tlb = new Tlb(arch, tables, options);
  const mm = { ...testMm(), tlb };
  const pte = makePte();
  arch.pfnPte(PFN, rw(arch, dirty), pte);
  arch.setPtes(mm, table, 0, pte, nr);
  const { base } = table;
  return { arch, table, tables, tlb, mm, base };
}

/** Findings as "kind pages when", pages from the table's start; the report is taken. */
export function findings({ tlb, base }: Machine): string[] {
  return tlb.takeReport().findings.map(({ kind, vpn, pages, when }) => {
    return `${kind} ${vpn - base}+${pages} ${when}`;
  });
}

export function checked(at: Machine): string[] {
  at.tlb.check('call');
  return findings(at);
}

export function protect(
  at: Machine,
  index: number,
  nr: number,
  prot: number,
  mode: 'per-pte' | 'batched',
): void {
  changeProtection(at.arch, at.mm, at.table, { index, nr, prot, mkwrite: false }, mode);
}

export const sizes = ({ tlb, base }: Machine): string[] => {
  return tlb.entries().map(({ vpn, pages }) => `${vpn - base}+${pages}`);
};
