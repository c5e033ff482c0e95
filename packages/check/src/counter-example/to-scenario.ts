import { stepsOf, type EntryFolio, type Operation, type Scenario } from '@ptelab/scenario';
import type { BrokenState } from '../exhaustive/search-block.ts';
import { FIRST_FRAME, FIRST_PAGE } from '../exhaustive/window.ts';
import { neighbourState } from '../exhaustive/neighbour.ts';
import type { Layout } from '../scope/layout.ts';
import type { Block } from '../scope/scope.ts';
import { isSharedMapping, type Setting } from '../scope/setting.ts';
import type { SlotState } from '../scope/slot-state.ts';

/** States of all slots of a layout, neighbours included. */
function allStates(block: Block, chosen: readonly SlotState[]): SlotState[] {
  const { layout } = block;
  const first = layout.contiguous ? 0 : layout.from;
  return layout.slots.flatMap((_, slot) => {
    const at = Math.min(Math.max(slot - first, 0), chosen.length - 1);
    const state = chosen[at];
    if (state === undefined) return [];
    return slot - first === at ? state : neighbourState(block, state);
  });
}

/** The words of an `entries` step: one for each entry. */
function entryWords({ layout, setting }: Block, states: readonly SlotState[]): string[] {
  return states.flatMap((state, slot) => {
    const page = layout.slots[slot];
    if (page === undefined) return [];
    return Array.from({ length: layout.width }, (_, i) => {
      const name = `${page.folio}${page.page * layout.width + i}`;
      if (state.kind === 'migration-write') return `migration-write:${name}`;
      if (state.kind !== 'present') return state.kind;
      const folded = layout.contiguous && setting.before !== 'none';
      const letters = `${Array.from(state.letters).sort().join('')}${folded ? 'c' : ''}`;
      return letters === '' ? name : `${name}:${letters}`;
    });
  });
}

function exclusiveDigits(
  layout: Layout,
  folio: string,
  order: number,
  states: readonly SlotState[],
): string {
  const digits = Array.from({ length: 2 ** order }, () => (layout.restExclusive ? '1' : '0'));
  for (const [slot, { folio: name, page }] of layout.slots.entries()) {
    const state = states[slot];
    if (name !== folio || state?.kind !== 'present') continue;
    for (let i = 0; i < layout.width; i++) {
      digits[page * layout.width + i] = state.exclusive ? '1' : '0';
    }
  }
  return new Set(digits).size === 1 ? (digits[0] ?? '0') : digits.join('');
}

function folioOf(layout: Layout, name: string, states: readonly SlotState[]): EntryFolio {
  const folio = layout.folios.find((candidate) => candidate.name === name);
  if (folio === undefined) throw new RangeError(`the layout has no folio ${name}`);
  const { order, kind, frame, shared } = folio;
  return {
    order,
    kind,
    ...(shared === undefined ? {} : { shared }),
    pfn: FIRST_FRAME + frame,
    exclusive: exclusiveDigits(layout, name, order, states),
  };
}

function mapping({ mapping: kind, before }: Setting, at: number, pages: number): Operation[] {
  if (kind === 'anon') return [{ op: 'mmap', at, pages, prot: before, kind }];
  const path = kind === 'shmem' ? '/shm0/f' : '/mnt/f';
  const how = isSharedMapping(kind) ? 'shared' : 'private';
  return [
    { op: 'file', id: 'f', path, pages: pages + at },
    { op: 'mmap', at, pages, prot: before, kind: how, file: 'f' },
  ];
}

function call({ call: kind, after }: Setting, at: number, pages: number): Operation {
  if (kind === 'mprotect') return { op: 'mprotect', at, pages, prot: after };
  if (kind === 'numa-scan') return { op: 'numa_scan', at, pages };
  return { op: 'uffd_wp', at, pages, on: kind === 'uffd-protect' };
}

/** Says which pages lie on another memory node than the CPU. */
function remoteMemory({ folios, slots, width }: Layout, at: number): Operation[] {
  return slots.flatMap(({ folio }, slot): Operation[] => {
    const node = folios.find(({ name }) => name === folio)?.node ?? 0;
    if (node === 0) return [];
    return [{ op: 'node', at: at + slot * width, pages: width, node }];
  });
}

/** Tells a state of a block, and the call on it, as a scenario that anyone can run. */
export function toScenario(block: Block, broken: BrokenState, title: string): Scenario {
  const { layout, setting } = block;
  const states = allStates(block, broken.chosen);
  const at = FIRST_PAGE + layout.index;
  const pages = layout.slots.length * layout.width;
  const from = at + layout.from * layout.width;
  const nr = (layout.to - layout.from) * layout.width;
  const operations: Operation[] = [
    ...mapping(setting, at, pages),
    ...(setting.tracking ? [{ op: 'clear_refs', mode: 4 } as const] : []),
    ...(setting.userfaultfd
      ? [{ op: 'uffd', mode: 'async' } as const, { op: 'uffd_reg', at, pages } as const]
      : []),
    {
      op: 'entries',
      at,
      folios: Object.fromEntries(
        layout.folios.map(({ name }) => [name, folioOf(layout, name, states)]),
      ),
      pages: entryWords(block, states),
    },
    ...remoteMemory(layout, at),
    ...(broken.repeated ? [call(setting, from, nr)] : []),
    { op: 'dump', label: 'before', at, pages },
    call(setting, from, nr),
    { op: 'dump', label: 'after', at, pages },
  ];
  const race = setting.race
    ? ' Hardware writes through every writable entry after the walk has read it: a story has no step for that.'
    : '';
  return {
    name: 'counter-example',
    title,
    description: `${setting.name}; ${layout.name}.${race}`,
    steps: stepsOf(operations),
  };
}
