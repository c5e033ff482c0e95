import { PAGE_KIND } from '@ptelab/folio';
import { HugePmd, type AddressSpace, type Vma } from '@ptelab/mm';
import {
  makePte,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  splitMigrationOffset,
  VM_EXEC,
  VM_READ,
  VM_WRITE,
  type Pte,
} from '@ptelab/pte';
import type { CellFolio, EntryCell } from './entry-cell.ts';
import type { EntryFolioKind } from './entry-word.ts';

const KINDS: ReadonlyMap<number, EntryFolioKind> = new Map([
  [PAGE_KIND.ANON, 'anon'],
  [PAGE_KIND.FILE, 'file'],
  [PAGE_KIND.KSM, 'ksm'],
]);

const ACCESS = VM_READ | VM_WRITE | VM_EXEC;

class CellReader {
  readonly #mm: AddressSpace;
  readonly #base: number;
  readonly #folios = new Map<number, CellFolio>();
  readonly #pte: Pte = makePte();

  constructor(mm: AddressSpace, base: number) {
    this.#mm = mm;
    this.#base = base;
  }

  #unsaid(vpn: number, what: string): never {
    throw new RangeError(
      `expected entries that a step can say, found ${what} at page ${vpn - this.#base}`,
    );
  }

  #folio(pfn: number, vpn: number): CellFolio {
    const { memmap } = this.#mm.system;
    const head = memmap.folioHead(pfn);
    const known = this.#folios.get(head);
    if (known !== undefined) return known;
    const order = memmap.folioOrder(head);
    const kind = KINDS.get(memmap.pageKind(head)) ?? this.#unsaid(vpn, 'a page without a folio');
    const frames = Array.from({ length: 2 ** order }, (_, i) => head + i);
    const folio = {
      order,
      kind,
      exclusive: frames.map((frame) => (memmap.anonExclusive(frame) ? '1' : '0')).join(''),
      // Once is by this address space.
      shared: frames.some((frame) => memmap.mapcount(frame) > 1),
    };
    this.#folios.set(head, folio);
    return folio;
  }

  #place(pfn: number, vpn: number): { readonly folio: CellFolio; readonly page: number } {
    const folio = this.#folio(pfn, vpn);
    return { folio, page: pfn - this.#mm.system.memmap.folioHead(pfn) };
  }

  #letters(bits: number, vma: Vma | undefined): string {
    const { arch } = this.#mm.system;
    const isHint = arch.pteProtnone(bits) && ((vma?.flags ?? 0) & ACCESS) !== 0;
    const letters: readonly (readonly [string, boolean])[] = [
      ['w', arch.pteWrite(bits)],
      ['d', arch.pteDirty(bits)],
      ['y', arch.pteYoung(bits)],
      ['s', arch.pteSoftDirty(bits)],
      ['u', arch.pteUffdWp(bits)],
      ['c', arch.pteValidCont(bits)],
      ['n', isHint],
    ];
    return letters.map(([letter, isSet]) => (isSet ? letter : '')).join('');
  }

  read(vpn: number): EntryCell {
    const { arch, zeroPfn } = this.#mm.system;
    const pmd = this.#mm.pmd(vpn);
    if (pmd === undefined) return { kind: 'none' };
    if (pmd instanceof HugePmd) return this.#unsaid(vpn, 'a huge entry');
    const pte = this.#pte;
    pmd.peek(vpn - pmd.base, pte);
    if (arch.pteNone(pte)) return { kind: 'none' };
    if (!arch.ptePresent(pte.bits)) return this.#nonPresent(vpn, pte);
    const pfn = arch.ptePfn(pte);
    if (pfn === zeroPfn) return { kind: 'zero' };
    if (arch.pteSpecial(pte.bits)) return this.#unsaid(vpn, 'memory without folios');
    const letters = this.#letters(pte.bits, this.#mm.vmas.lookup(vpn));
    return { kind: 'present', ...this.#place(pfn, vpn), letters };
  }

  #nonPresent(vpn: number, pte: Readonly<Pte>): EntryCell {
    const { arch } = this.#mm.system;
    const { kind, offset } = arch.decodeNonPresent(pte);
    switch (kind) {
      case 'swap':
        return { kind };
      case 'marker':
        if (offset === MARKER_GUARD) return { kind: 'guard' };
        if (offset === MARKER_UFFD_WP) return { kind: 'uffd-marker' };
        return this.#unsaid(vpn, `a marker ${offset}`);
      case 'migration-read':
      case 'migration-read-exclusive':
      case 'migration-write': {
        const { pfn } = splitMigrationOffset(offset, arch.swapPfnBits);
        return { kind, ...this.#place(pfn, vpn) };
      }
      default:
        return this.#unsaid(vpn, kind);
    }
  }
}

/**
 * Reads page-table entries and the folios behind them into cells, from which `entriesOfCells` makes steps
 * that lead to the same entries. What a step has no word for is lost where entries do not show it: contents
 * of pages, swap slots, page flags.
 *
 * @param base - virtual page of the story's page 0.
 * @throws RangeError for entries that no word stands for: huge ones, device memory.
 */
export function readCells(mm: AddressSpace, base: number, at: number, pages: number): EntryCell[] {
  const reader = new CellReader(mm, base);
  return Array.from({ length: pages }, (_, i) => reader.read(base + at + i));
}
