import {
  joinMigrationOffset,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  markerEntry,
  type Arch,
  type NonPresentEntry,
  type Pgprot,
  type Pte,
} from '@ptelab/pte';
import type { EntryWord } from './entry-word.ts';

/** What an entry is made of beside its word. */
export interface EntryParts {
  /** Protection that the entry's VMA gives. */
  readonly pageProt: Pgprot;
  /** Frame of the page, for words that name one. */
  readonly pfn: number;
  readonly zeroPfn: number;
  /** Slot of a `swap` entry. */
  readonly swapSlot: number;
}

/**
 * Bits of a present entry with these letters (w write, d dirty, y young, s soft-dirty, u userfaultfd
 * marker, c contiguous, n NUMA hint), from the protection that its VMA gives.
 */
function presentBits(arch: Arch, pageProt: Pgprot, letters: string): number {
  let bits = arch.pteMkold(letters.includes('n') ? arch.vmGetPageProt(0) : pageProt);
  if (letters.includes('y')) bits = arch.pteMkyoung(bits);
  if (letters.includes('d')) bits = arch.pteMkdirty(bits);
  bits = letters.includes('s') ? arch.pteMksoftDirty(bits) : arch.pteClearSoftDirty(bits);
  bits = letters.includes('w') ? arch.pteMkwrite(bits) : arch.pteWrprotect(bits);
  if (letters.includes('u')) bits = arch.pteMkuffdWp(bits);
  return letters.includes('c') ? arch.pteMkcont(bits) : bits;
}

const PLAIN: Omit<NonPresentEntry, 'kind' | 'offset'> = {
  type: 0,
  softDirty: false,
  uffdWp: false,
  exclusive: false,
};

/** Writes to `out` the entry that a word of an `entries` step stands for. */
export function encodeEntry(
  arch: Arch,
  word: EntryWord,
  { pageProt, pfn, zeroPfn, swapSlot }: EntryParts,
  out: Pte,
): void {
  switch (word.kind) {
    case 'none':
      out.pfn = 0;
      out.bits = 0;
      return;
    case 'zero':
      arch.pfnPte(zeroPfn, arch.pteMkspecial(arch.pteWrprotect(pageProt)), out);
      return;
    case 'swap':
      arch.encodeNonPresent({ ...PLAIN, kind: 'swap', offset: swapSlot, exclusive: true }, out);
      return;
    case 'guard':
    case 'uffd-marker': {
      const marker = word.kind === 'guard' ? MARKER_GUARD : MARKER_UFFD_WP;
      arch.encodeNonPresent(markerEntry(marker), out);
      return;
    }
    case 'present':
      arch.pfnPte(pfn, presentBits(arch, pageProt, word.letters), out);
      return;
    default: {
      const offset = joinMigrationOffset({ pfn, young: false, dirty: false }, arch.swapPfnBits);
      arch.encodeNonPresent({ ...PLAIN, kind: word.kind, offset }, out);
    }
  }
}
