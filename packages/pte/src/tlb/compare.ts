import type { Arch } from '../arch.ts';
import { makePte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import { TLB_DIRTY, TLB_PERMISSIONS, TLB_VALID, TLB_WRITE } from './attributes.ts';
import type { TlbEntry, TlbPageTables } from './entry.ts';

const first = makePte();
const member = makePte();

/**
 * True if the entries from `base` on make a legal contiguous block: all valid and contiguous,
 * consecutive frames, and alike but for accessed, dirty and software state.
 *
 * @manual ARM DDI 0487 D8.6.1 (misprogramming of the contiguous bit)
 */
export function blockIsUniform(arch: Arch, table: PteTable, base: number): boolean {
  table.peek(base, first);
  const wanted = arch.contComparable(first.bits);
  const pfn = arch.ptePfn(first);
  for (let i = 0; i < arch.contPtes; i++) {
    table.peek(base + i, member);
    if (!arch.pteValidCont(member.bits)) return false;
    if (arch.contComparable(member.bits) !== wanted || arch.ptePfn(member) !== pfn + i)
      return false;
  }
  return true;
}

/** True if any entry of the table that the TLB entry was loaded from is dirty. */
function anyDirty(arch: Arch, table: PteTable, entry: TlbEntry): boolean {
  const start = Math.max(entry.vpn, table.base) - table.base;
  const end = Math.min(entry.vpn + entry.pages, table.base + table.length) - table.base;
  for (let i = start; i < end; i++) if (arch.pteDirty(wordAt(table.bits, i))) return true;
  return false;
}

/** Kinds of findings that a comparison makes, and the bit that says an entry has caused one. */
const REPORTED = { StaleMapping: 1, StalePermission: 2, LostDirty: 4 } as const;

type StaleKind = keyof typeof REPORTED;

/**
 * Compares a TLB entry with the page tables, page by page. Each kind of finding is passed on once in
 * the life of the entry, for every page that it is true of.
 *
 * @returns pages for which the entry allows less than the table.
 */
export function staleness(
  arch: Arch,
  tables: TlbPageTables,
  entry: TlbEntry,
  found: (kind: StaleKind, vpn: number, mapped: number) => void,
): number {
  const leaf = tables.pmd(entry.vpn);
  const before = entry.reported;
  const report = (kind: StaleKind, vpn: number, mapped: number): void => {
    entry.reported |= REPORTED[kind];
    if ((before & REPORTED[kind]) === 0) found(kind, vpn, mapped);
  };
  const known = entry.attributes;
  const huge = leaf !== undefined && !(leaf instanceof PteTable);
  // A block is dirty if any of its entries is: hardware marks one of them, whichever page is written.
  const dirty = leaf instanceof PteTable && anyDirty(arch, leaf, entry);
  let risks = 0;
  for (let i = 0; i < entry.pages; i++) {
    const vpn = entry.vpn + i;
    let attributes = 0;
    let pfn = 0;
    let lost = false;
    if (huge) {
      attributes = arch.tlbAttributes(leaf.entry.bits, true);
      pfn = arch.pmdPfn(leaf.entry) + (vpn - leaf.base);
      lost = !arch.pteDirty(leaf.entry.bits);
    } else if (leaf !== undefined) {
      leaf.peek(vpn - leaf.base, member);
      attributes = arch.tlbAttributes(member.bits, false);
      pfn = arch.ptePfn(member);
      lost = !dirty;
    }
    const mapped = attributes & TLB_PERMISSIONS;
    const cached = known & TLB_PERMISSIONS;
    if ((attributes & TLB_VALID) === 0 || pfn !== entry.pfn + i) {
      report('StaleMapping', vpn, attributes);
    } else if ((cached & ~mapped) !== 0) report('StalePermission', vpn, attributes);
    else if (lost && (known & TLB_WRITE) !== 0 && (known & TLB_DIRTY) !== 0) {
      report('LostDirty', vpn, attributes);
    } else if ((mapped & ~cached) !== 0) risks++;
  }
  return risks;
}
