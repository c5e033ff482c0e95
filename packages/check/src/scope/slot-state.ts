import { protBits } from '@ptelab/scenario';
import { VM_WRITE, type Arch } from '@ptelab/pte';
import { isSharedMapping, type Setting } from './setting.ts';

/** What one slot holds, and whether the page behind it is exclusive. */
export interface SlotState {
  /** `present`, or the word of an entry that maps no page; see scenario's `entries`. */
  readonly kind: 'present' | 'none' | 'zero' | 'swap' | 'guard' | 'uffd-marker' | 'migration-write';
  /** Letters of a present entry: w d y s u n. */
  readonly letters: string;
  /** PageAnonExclusive of the page behind the slot. */
  readonly exclusive: boolean;
}

/** How much of the alphabet a scope uses. */
export interface Alphabet {
  /** Present entries with and without the accessed bit, or only with it. */
  readonly young: boolean;
  /** Every kind of entry that is not present, or only empty and zero page ones. */
  readonly allKinds: boolean;
}

/** Every choice of some of the letters, each in the order given. */
function letterSets(letters: readonly string[]): string[] {
  let sets = [''];
  for (const letter of letters) sets = [...sets, ...sets.map((set) => set + letter)];
  return sets;
}

/**
 * True if memory management can lead to the state: a private writable entry maps an exclusive page,
 * nothing is writable that the VMA or userfaultfd or soft-dirty tracking forbid.
 */
function isLegal(setting: Setting, letters: string, exclusive: boolean): boolean {
  const write = letters.includes('w');
  if (!write) return true;
  if (letters.includes('n')) return false;
  if ((protBits(setting.before) & VM_WRITE) === 0) return false;
  if (letters.includes('u')) return false;
  if (setting.tracking && !letters.includes('s')) return false;
  // A shared entry becomes writable and dirty together; what cleans it takes write away.
  if (isSharedMapping(setting.mapping)) return letters.includes('d');
  return exclusive;
}

/** Every legal state of one slot in a setting, plainest first. */
export function slotStates(arch: Arch, setting: Setting, alphabet: Alphabet): SlotState[] {
  const varied = ['d', 'w'];
  if (alphabet.young) varied.unshift('y');
  if (arch.softDirty) varied.push('s');
  if (setting.userfaultfd) varied.push('u');
  if (setting.call === 'numa-scan') varied.push('n');
  const fixed = alphabet.young ? '' : 'y';
  const exclusives = isSharedMapping(setting.mapping) ? [false] : [true, false];
  const states: SlotState[] = [];
  for (const letters of letterSets(varied)) {
    for (const exclusive of exclusives) {
      if (!isLegal(setting, letters, exclusive)) continue;
      states.push({ kind: 'present', letters: fixed + letters, exclusive });
    }
  }
  const kinds: SlotState['kind'][] = ['none'];
  if (!isSharedMapping(setting.mapping)) kinds.push('zero');
  if (alphabet.allKinds) {
    kinds.push('swap', 'guard', 'migration-write');
    if (setting.userfaultfd) kinds.push('uffd-marker');
  }
  for (const kind of kinds) states.push({ kind, letters: '', exclusive: true });
  return states;
}
