import { arm64, type KernelRelease } from '@ptelab/pte';
import { expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { exitMmap, fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import { BASE, pfnOf, writtenMm } from '../testing.fixture.ts';
import { folioMaybeMappedShared } from './mapped-shared.ts';

function shared(mm: AddressSpace, at: number): boolean {
  return folioMaybeMappedShared(mm.system, pfnOf(mm, BASE + at));
}

const EVERY: readonly KernelRelease[] = ['6.12', '7.2'];

it.each(EVERY)('%s: one address space, then two, then one', (kernel) => {
  for (const kb of [undefined, 64]) {
    const mm = writtenMm(arm64({ kernel }), kb);
    expect(shared(mm, 1)).toBe(false);
    const child = fork(mm);
    expect(shared(mm, 1)).toBe(true);
    exitMmap(child);
    expect(shared(mm, 1)).toBe(false);
  }
});

/*
 * page   0         1 .. 15
 *        DONTFORK  mapped by the child too        one folio of sixteen pages
 */
it.each([
  ['6.12', 'all mappings are more than the pages', 1, true],
  ['6.12', 'the first page is mapped once, and the rest is too little', 9, false],
  ['7.2', 'somebody else maps it', 1, true],
  ['7.2', 'somebody else maps it', 9, true],
] as const)('%s: %s (%i pages kept from the child)', (kernel, _, kept, expected) => {
  const mm = writtenMm(arm64({ kernel }), 64);
  madvise(mm, BASE, BASE + kept, 'DONTFORK');
  fork(mm);
  if (kept === 9) madvise(mm, BASE + 1, BASE + 9, 'DONTNEED');
  expect(shared(mm, 15)).toBe(expected);
});
