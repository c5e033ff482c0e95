import type { EntryFolioKind } from '@ptelab/scenario';
import type { Block } from '../scope/scope.ts';
import { isSharedMapping } from '../scope/setting.ts';
import type { SlotState } from '../scope/slot-state.ts';

/** Entries of one contiguous block of 4K pages. */
const CONT_PTES = 16;

/** True if a slot of a private mapping may be in this state when a page of this kind lies behind it. */
function fits(state: SlotState, kind: EntryFolioKind): boolean {
  if (state.kind === 'migration-write') return kind === 'anon';
  if (kind === 'anon' || state.kind !== 'present') return true;
  // KSM pages are exclusive to nobody; on file pages the flag has another meaning and any value.
  if (kind === 'ksm' && state.exclusive) return false;
  return !state.letters.includes('w');
}

/** The states that each slot of a block may take: of the call's slots, of all in contiguous layouts. */
export function slotChoices({ layout, setting, states }: Block): SlotState[][] {
  const shared = isSharedMapping(setting.mapping);
  const slots = layout.contiguous ? layout.slots : layout.slots.slice(layout.from, layout.to);
  return slots.map(({ folio }) => {
    const kind = layout.folios.find(({ name }) => name === folio)?.kind ?? 'anon';
    return shared ? [...states] : states.filter((state) => fits(state, kind));
  });
}

/** What all entries of a contiguous block must agree on; null if the state can't be part of one. */
function blockKey({ kind, letters }: SlotState): string | null {
  return kind === 'present' ? letters.replaceAll(/[yd]/g, '') : null;
}

/** True if the states of a contiguous layout form blocks: all present, equal in what a block shares. */
function formsBlocks(width: number, chosen: readonly SlotState[]): boolean {
  const slotsPerBlock = CONT_PTES / width;
  return chosen.every((state, slot) => {
    const first = chosen[slot - (slot % slotsPerBlock)];
    return first !== undefined && blockKey(state) !== null && blockKey(state) === blockKey(first);
  });
}

/**
 * Calls `visit` with every assignment, as an index into the choices of each slot, the last slot varying
 * fastest, until it returns false. The array is reused.
 *
 * @returns the number of assignments visited.
 */
export function forEachAssignment(
  { layout }: Block,
  choices: readonly (readonly SlotState[])[],
  visit: (digits: readonly number[]) => boolean,
): number {
  if (choices.some((states) => states.length === 0)) return 0;
  const digits = choices.map(() => 0);
  let visited = 0;
  for (;;) {
    if (!layout.contiguous || formsBlocks(layout.width, chosenStates(choices, digits))) {
      visited++;
      if (!visit(digits)) return visited;
    }
    let slot = digits.length - 1;
    for (; slot >= 0; slot--) {
      const next = (digits[slot] ?? 0) + 1;
      const wraps = next === choices[slot]?.length;
      digits[slot] = wraps ? 0 : next;
      if (!wraps) break;
    }
    if (slot < 0) return visited;
  }
}

/** The states that an assignment stands for. */
export function chosenStates(
  choices: readonly (readonly SlotState[])[],
  digits: readonly number[],
): SlotState[] {
  return choices.flatMap((states, slot) => states[digits[slot] ?? 0] ?? []);
}
