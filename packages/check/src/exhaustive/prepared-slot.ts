import {
  joinMigrationOffset,
  makePte,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  markerEntry,
  type Pte,
} from '@ptelab/pte';
import { presentBits } from '@ptelab/scenario';
import type { SlotState } from '../scope/slot-state.ts';
import type { Window, WindowSlot } from './window.ts';

/** One state of one slot, ready to be stored. */
export interface PreparedSlot {
  readonly pte: Readonly<Pte>;
  /** Head frame of the folio behind the entry, -1 if it maps no page that mm knows. */
  readonly head: number;
  readonly anon: 0 | 1;
  readonly exclusive: 0 | 1;
}

/** A swap slot that nothing else uses. */
const SWAP_SLOT = 5;
const PLAIN = { type: 0, softDirty: false, uffdWp: false, exclusive: false };

/**
 * Makes the entry of a slot in a state.
 *
 * @param contiguous - present entries carry the contiguous bit where they are valid.
 */
export function prepareSlot(
  window: Window,
  slot: WindowSlot,
  { kind, letters, exclusive }: SlotState,
  contiguous: boolean,
): PreparedSlot {
  const { mm, protBefore } = window;
  const { arch, zeroPfn } = mm.system;
  const pte = makePte();
  const nobody = { pte, head: -1, anon: 0, exclusive: 0 } as const;
  switch (kind) {
    case 'present': {
      const bits = presentBits(arch, protBefore, letters);
      const folds = contiguous && !arch.pteProtnone(bits);
      arch.pfnPte(slot.pfn, folds ? arch.pteMkcont(bits) : bits, pte);
      const anon = slot.kind === 'file' ? 0 : 1;
      return { pte, head: slot.head, anon, exclusive: exclusive ? 1 : 0 };
    }
    case 'migration-write': {
      const offset = joinMigrationOffset(
        { pfn: slot.pfn, young: false, dirty: false },
        arch.swapPfnBits,
      );
      arch.encodeNonPresent({ ...PLAIN, kind, offset }, pte);
      return { ...nobody, anon: slot.kind === 'file' ? 0 : 1, exclusive: 1 };
    }
    case 'zero':
      arch.pfnPte(zeroPfn, arch.pteMkspecial(arch.pteWrprotect(protBefore)), pte);
      return nobody;
    case 'swap':
      arch.encodeNonPresent({ ...PLAIN, kind, offset: SWAP_SLOT, exclusive: true }, pte);
      return nobody;
    case 'guard':
    case 'uffd-marker':
      arch.encodeNonPresent(markerEntry(kind === 'guard' ? MARKER_GUARD : MARKER_UFFD_WP), pte);
      return nobody;
    case 'none':
      return nobody;
  }
}
