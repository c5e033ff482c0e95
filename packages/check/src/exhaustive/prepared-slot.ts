import { makePte, type Pte } from '@ptelab/pte';
import { encodeEntry } from '@ptelab/scenario';
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
  // The names of folio and page play no part: the slot has its frame.
  const word = { kind, letters, folio: '', page: 0 };
  const parts = { pageProt: protBefore, pfn: slot.pfn, zeroPfn, swapSlot: SWAP_SLOT };
  encodeEntry(arch, word, parts, pte);
  const anon = slot.kind === 'file' ? 0 : 1;
  if (kind === 'present') {
    if (contiguous && !arch.pteProtnone(pte.bits)) pte.bits = arch.pteMkcont(pte.bits);
    return { pte, head: slot.head, anon, exclusive: exclusive ? 1 : 0 };
  }
  if (kind === 'migration-write') return { pte, head: -1, anon, exclusive: 1 };
  return { pte, head: -1, anon: 0, exclusive: 0 };
}
