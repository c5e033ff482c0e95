import type { Arch } from '@ptelab/pte';
import { layoutsOf, type Layout } from './layout.ts';
import { isWide, SETTINGS, type Setting } from './setting.ts';
import { slotStates, type Alphabet, type SlotState } from './slot-state.ts';

/** Names of the scopes. */
export type ScopeName = 'tiny' | 'small' | 'full';

/** Slots with their alphabet: what a scope varies together. */
export interface Stage {
  readonly slots: number;
  readonly alphabet: Alphabet;
  /** Includes the settings whose alphabets are twice as large: userfaultfd, NUMA. */
  readonly wide: boolean;
  /** For people: what one slot ranges over. */
  readonly summary: string;
}

/** What a search covers: all settings, all layouts, and for each number of slots an alphabet. */
export interface Scope {
  readonly name: ScopeName;
  readonly stages: readonly Stage[];
}

const EVERY_STATE: Omit<Stage, 'slots'> = {
  alphabet: { young: true, allKinds: true },
  wide: true,
  summary: 'every kind of entry, every legal combination of bits and PageAnonExclusive',
};
const YOUNG_ONLY: Omit<Stage, 'slots'> = {
  alphabet: { young: false, allKinds: false },
  wide: false,
  summary: 'present (accessed), empty and zero page entries, without userfaultfd and NUMA',
};

/** The scopes by name. */
export const SCOPES: Readonly<Record<ScopeName, Scope>> = {
  tiny: {
    name: 'tiny',
    stages: [
      { slots: 1, ...EVERY_STATE },
      { slots: 2, ...EVERY_STATE },
    ],
  },
  small: {
    name: 'small',
    stages: [
      { slots: 1, ...EVERY_STATE },
      { slots: 2, ...EVERY_STATE },
      { slots: 3, ...EVERY_STATE },
      { slots: 4, ...YOUNG_ONLY },
    ],
  },
  full: {
    name: 'full',
    stages: [
      { slots: 1, ...EVERY_STATE },
      { slots: 2, ...EVERY_STATE },
      { slots: 3, ...EVERY_STATE },
      { slots: 4, ...EVERY_STATE },
    ],
  },
};

/** States that are searched together: one setting, one layout, every assignment of slot states. */
export interface Block {
  /** Place in the list of all blocks of the scope; the same on every machine. */
  readonly index: number;
  readonly setting: Setting;
  readonly layout: Layout;
  readonly states: readonly SlotState[];
  /** Number of assignments, before those are left out that a contiguous block can't have. */
  readonly size: number;
  /** Slots that vary: those of the call, or all where they form contiguous blocks. */
  readonly slots: number;
}

/**
 * Lists the blocks of a scope on an architecture, those with the fewest slots first, so that the first
 * counter-example is one of the smallest.
 */
export function blocksOf(scope: Scope, arch: Arch): Block[] {
  const blocks: Block[] = [];
  for (const { slots, alphabet, wide } of scope.stages) {
    for (const setting of SETTINGS) {
      if (setting.tracking && !arch.softDirty) continue;
      if (isWide(setting) && !wide) continue;
      const states = slotStates(arch, setting, alphabet);
      for (const layout of layoutsOf(setting, slots, arch.contPtes > 1)) {
        const varied = layout.contiguous ? layout.slots.length : layout.to - layout.from;
        const size = states.length ** varied;
        blocks.push({ index: blocks.length, setting, layout, states, size, slots: varied });
      }
    }
  }
  return blocks;
}
