import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { forEachAssignment, slotChoices } from '../exhaustive/assignments.ts';
import { blocksOf, SCOPES, type Block } from './scope.ts';
import { SETTINGS } from './setting.ts';
import { slotStates } from './slot-state.ts';

const X86 = x86_64({ kernel: '7.3' });
const PLAIN = x86_64({ kernel: '7.3', softDirty: false });
const ARM = arm64({ kernel: '7.3' });
const EVERY = { young: true, allKinds: true };

function setting(name: string): (typeof SETTINGS)[number] {
  return SETTINGS.find((candidate) => candidate.name === name)!;
}

describe('the states of a slot', () => {
  it.each<[string, Arch, string, number]>([
    // young x dirty x soft-dirty x exclusive, and five kinds that are not present or have no page
    ['read-only anonymous memory', X86, 'anon r -> rw', 2 ** 4 + 5],
    // write only where exclusive: 3 of 4
    ['writable anonymous memory', X86, 'anon rw -> r', 3 * 2 ** 3 + 5],
    ['without soft-dirty', PLAIN, 'anon rw -> r', 3 * 2 ** 2 + 5],
    ['arm64', ARM, 'anon rw -> r', 3 * 2 ** 2 + 5],
    // writable is dirty: 3 of 4; no zero page
    ['shared files', X86, 'ext4 rw -> r', 3 * 2 ** 2 + 4],
    // with tracking nothing is writable that is not soft-dirty, and r is never writable
    ['tracked', X86, 'anon r -> rw, soft-dirty tracking', 2 ** 4 + 5],
    ['userfaultfd: a mark more, never writable', X86, 'anon uffd-protect', 5 * 2 ** 3 + 6],
  ])('%s', (_, arch, name, count) => {
    const states = slotStates(arch, setting(name), EVERY);
    expect(states).toHaveLength(count);
    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(count);
  });
});

function statesIn(block: Block): number {
  return forEachAssignment(block, slotChoices(block), () => true);
}

describe('the blocks of a scope', () => {
  it('cover slots from one to four, the fewest first', () => {
    const slots = blocksOf(SCOPES.small, X86).map(({ layout }) => layout.to - layout.from);
    expect(slots).toEqual([...slots].sort((a, b) => a - b));
    expect(new Set(slots)).toEqual(new Set([1, 2, 3, 4]));
  });

  it('hold every assignment once', () => {
    const block = blocksOf(SCOPES.small, X86).find(({ size }) => size === 21 ** 2)!;
    const seen = new Set<string>();
    forEachAssignment(block, slotChoices(block), (digits) => {
      seen.add(digits.join());
      return true;
    });
    expect(seen.size).toBe(21 ** 2);
  });

  it('hold of contiguous layouts only what forms blocks', () => {
    const blocks = blocksOf(SCOPES.small, ARM).filter(({ layout }) => layout.contiguous);
    expect(blocks.length).toBeGreaterThan(0);
    const block = blocks.find((candidate) => candidate.setting.name === 'anon r -> rw')!;
    // Four slots that are present (young), each dirty or not, exclusive or not.
    expect(statesIn(block)).toBe(4 ** 4);
  });

  it('include contiguous blocks on arm64 only', () => {
    expect(blocksOf(SCOPES.small, X86).some(({ layout }) => layout.contiguous)).toBe(false);
  });
});
