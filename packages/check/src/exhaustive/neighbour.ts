import type { Block } from '../scope/scope.ts';
import { isSharedMapping } from '../scope/setting.ts';
import type { SlotState } from '../scope/slot-state.ts';

const EMPTY: SlotState = { kind: 'none', letters: '', exclusive: false };

/**
 * State of a neighbour of the call: the folio goes on there with the same bits, which is what lures a
 * batch out of its range. Write permission is left out where the page would not be exclusive.
 */
export function neighbourState({ layout, setting }: Block, edge: SlotState): SlotState {
  if (edge.kind !== 'present') return EMPTY;
  const writable = layout.restExclusive || isSharedMapping(setting.mapping);
  const letters = writable ? edge.letters : edge.letters.replace('w', '');
  return { kind: 'present', letters, exclusive: layout.restExclusive };
}
