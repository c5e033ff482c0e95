import { scriptedAllocator, sequentialAllocator } from '@ptelab/folio';
import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { exitMmap, fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import {
  BASE,
  changeBits,
  entryOf,
  exclusive,
  filledMm,
  hexOf,
  pfnOf,
  present,
  RO,
  span,
  touch,
  vmaAt,
  where,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_SOFTDIRTY, VM_UFFD_WP } from '../vma/flags.ts';
import { vmaSetPageProt } from '../vma/page-prot.ts';
import { accessPage } from './access.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 32;
const NEXT = 0x10020;

/** 32 pages, each with a byte of its own, in swap; `change` comes before that. */
function swapped(arch: Arch, kb?: number, change?: (mm: AddressSpace) => void): AddressSpace {
  const mm = filledMm(arch, kb, 32);
  change?.(mm);
  madvise(mm, BASE, END, 'PAGEOUT');
  return mm;
}

/** Pages that are back and satisfy `test`. */
function back(mm: AddressSpace, test: (bits: number) => boolean): number[] {
  return where(mm, BASE, END, (bits) => mm.system.arch.ptePresent(bits) && test(bits));
}

function writable(mm: AddressSpace): number[] {
  return back(mm, (bits) => mm.system.arch.pteWrite(bits));
}

describe('a page that is read back', () => {
  it.each([
    ['x86-64', x86, 'read', '0x8000000010020827'],
    ['x86-64', x86, 'write', '0x8000000010020867'],
    ['arm64', arm, 'read', '0x0068000010020fc3'],
    ['arm64', arm, 'write', '0x00e8000010020f43'],
  ] as const)('%s, for a %s: writable, dirty only after a write', (_, arch, kind, entry) => {
    const mm = swapped(arch);
    expect(touch(mm, BASE + 3, BASE + 4, kind)).toBe(1);
    expect(hexOf(mm, BASE + 3)).toBe(entry);
    expect([present(mm, BASE, END), exclusive(mm, BASE, END)]).toEqual([[3], [3]]);
    expect([touch(mm, BASE + 3), mm.system.swap.count(4)]).toEqual([0, 0]);
  });

  it.each([x86, arm])('$name: has its content again', (arch) => {
    const mm = swapped(arch);
    const { memmap, swap } = mm.system;
    const content = swap.read(4);
    touch(mm, BASE + 3, BASE + 4, 'read');
    expect([memmap.content(NEXT), content > 0]).toEqual([content, true]);
    expect([memmap.folioRefcount(NEXT), memmap.folioMapcount(NEXT)]).toEqual([1, 1]);
  });

  it.each([
    ['x86-64', x86, '0x8000000010020825'],
    ['arm64', arm, '0x0060000010020fc3'],
  ])('%s: in a read-only VMA stays read-only, and exclusive', (_, arch, entry) => {
    const mm = swapped(arch);
    changeVmaFlags(mm, BASE, END, { set: RO, clear: 2 });
    touch(mm, BASE, BASE + 1, 'read');
    expect([hexOf(mm, BASE), exclusive(mm, BASE, END)]).toEqual([entry, [0]]);
    expect(accessPage(mm, BASE + 1, 'write')).toEqual({ faults: 0, signal: 'SIGSEGV' });
  });

  it('without memory the process gets a SIGBUS, and the entry stays', () => {
    const mm = swapped(arm);
    const before = hexOf(mm, BASE);
    Object.assign(mm.system, { allocator: { alloc: () => null } });
    expect(accessPage(mm, BASE, 'read')).toEqual({ faults: 0, signal: 'SIGBUS' });
    expect([hexOf(mm, BASE), mm.system.swap.count(1)]).toEqual([before, 1]);
  });
});

describe('soft-dirty tracking', () => {
  /** Pages 0 and 1 are soft-dirty, the others not. */
  function tracked(): AddressSpace {
    return swapped(x86, undefined, (mm) => {
      changeBits(mm, span(BASE + 2, END), (bits) => x86.pteClearSoftDirty(bits));
      vmaAt(mm, BASE).flags &= ~VM_SOFTDIRTY;
      vmaSetPageProt(x86, vmaAt(mm, BASE));
    });
  }

  it('keeps a page read-only that is not soft-dirty', () => {
    const mm = tracked();
    touch(mm, BASE, BASE + 4, 'read');
    expect(writable(mm)).toEqual([0, 1]);
    expect(where(mm, BASE, BASE + 4, (bits) => x86.pteSoftDirty(bits))).toEqual([0, 1]);
    expect(hexOf(mm, BASE + 2)).toBe('0x8000000010022025');
  });

  it('a write makes it soft-dirty and writable in the same fault', () => {
    const mm = tracked();
    expect(touch(mm, BASE + 2)).toBe(1);
    expect(hexOf(mm, BASE + 2)).toBe('0x8000000010020867');
  });
});

describe.each([x86, arm])('$name: userfaultfd', (arch) => {
  function watched(wpAsync: boolean): AddressSpace {
    const mm = swapped(arch, 64, (of) => {
      const { pfn, bits } = entryOf(of, BASE);
      arch.setPtes(of, of.allocTable(BASE), 0, { pfn, bits: arch.pteMkuffdWp(bits) }, 1);
    });
    mm.userfaultfds.set(1, { wpAsync, wpUnpopulated: wpAsync });
    changeVmaFlags(mm, BASE, END, { set: VM_UFFD_WP, clear: 0, uffd: 1 });
    return mm;
  }

  it('keeps a marked page read-only; pages come singly', () => {
    const mm = watched(false);
    touch(mm, BASE, BASE + 2, 'read');
    expect([present(mm, BASE, END), writable(mm)]).toEqual([[0, 1], [1]]);
    expect(arch.pteUffdWp(entryOf(mm, BASE).bits)).toBe(true);
    expect(accessPage(mm, BASE, 'write').waits).toBe('userfaultfd');
  });

  it('async: a write is resolved in the same fault', () => {
    const mm = watched(true);
    expect([touch(mm, BASE), writable(mm)]).toEqual([1, [0]]);
    expect(arch.pteUffdWp(entryOf(mm, BASE).bits)).toBe(false);
  });
});

describe('a large folio', () => {
  it.each([
    ['x86-64', x86, '0x8000000010020827', '0x800000001002f827'],
    ['arm64', arm, '0x0078000010020fc3', '0x007800001002ffc3'],
  ])('%s: whose size is enabled comes back as one', (_, arch, first, last) => {
    const mm = swapped(arch, 64);
    expect(touch(mm, BASE + 5, BASE + 6, 'read')).toBe(1);
    expect([hexOf(mm, BASE), hexOf(mm, BASE + 15)]).toEqual([first, last]);
    expect([present(mm, BASE, END), exclusive(mm, BASE, END)]).toEqual([span(0, 16), span(0, 16)]);
    const { memmap, swap } = mm.system;
    expect([memmap.folioOrder(NEXT), memmap.folioRefcount(NEXT)]).toEqual([4, 16]);
    expect(span(0x200, 0x220).map((slot) => swap.count(slot))).toEqual(
      span(0, 32).map((i) => (i < 16 ? 0 : 1)),
    );
    expect(memmap.content(NEXT + 3)).not.toBe(memmap.content(NEXT + 4));
  });

  it.each([x86, arm])('$name: a write makes all of its pages dirty and writable', (arch) => {
    const mm = swapped(arch, 64);
    touch(mm, BASE + 5);
    expect(back(mm, (bits) => arch.pteDirty(bits))).toEqual(span(0, 16));
    expect(writable(mm)).toEqual(span(0, 16));
  });

  it.each([
    // sizes enabled, page that is gone; what one read brings back
    ['its size is no longer enabled', [], null, [5]],
    ['a page of it is gone', [64], 9, [5]],
    ['a page of it is gone and a smaller size is enabled too', [64, 16], 9, [4, 5, 6, 7]],
    ['only a smaller size is enabled', [16], null, [4, 5, 6, 7]],
  ])('comes back in part where %s', (_, enabled, gone, after) => {
    for (const arch of [x86, arm]) {
      const mm = swapped(arch, 64);
      mm.system.thp.set(64, 'never');
      for (const kb of enabled) mm.system.thp.set(kb, 'always');
      if (gone !== null) madvise(mm, BASE + gone, BASE + gone + 1, 'DONTNEED');
      touch(mm, BASE + 5, BASE + 6, 'read');
      expect(present(mm, BASE, END)).toEqual(after);
    }
  });

  it('comes back singly where a page of it differs in its marks', () => {
    const mm = swapped(x86, 64, (of) => {
      changeBits(of, [BASE + 9], (bits) => x86.pteClearSoftDirty(bits));
    });
    touch(mm, BASE + 5, BASE + 6, 'read');
    expect(present(mm, BASE, END)).toEqual([5]);
  });

  it('comes back singly where slots and addresses are not aligned alike', () => {
    const mm = swapped(x86); // single pages, in slots from 1 on
    mm.system.thp.set(16, 'always');
    touch(mm, BASE + 5, BASE + 6, 'read');
    expect(present(mm, BASE, END)).toEqual([5]);
  });

  it('comes back singly without memory for the whole', () => {
    const mm = swapped(arm, 64);
    const fallback = sequentialAllocator(0x20000);
    Object.assign(mm.system, { allocator: scriptedAllocator([{ order: 4, pfn: null }], fallback) });
    touch(mm, BASE + 5, BASE + 6, 'read');
    expect([present(mm, BASE, END), pfnOf(mm, BASE + 5)]).toEqual([[5], 0x20000]);
  });
});

/**
 *      parent  [ swap slots 1 .. )
 *      child   [ the same        )
 */
describe.each([x86, arm])('$name: slots that a child shares', (arch) => {
  it('are read back read-only and exclusive to nobody', () => {
    const mm = swapped(arch);
    const child = fork(mm);
    expect(touch(mm, BASE, BASE + 1, 'read')).toBe(1);
    expect([writable(mm), exclusive(mm, BASE, END)]).toEqual([[], []]);
    expect([mm.system.swap.count(1), present(child, BASE, END)]).toEqual([1, []]);
  });

  it('a write ends with a page of its own, in one fault', () => {
    const mm = swapped(arch);
    const child = fork(mm);
    expect([touch(mm, BASE), touch(child, BASE)]).toEqual([1, 1]);
    expect([writable(mm), writable(child)]).toEqual([[0], [0]]);
    expect(pfnOf(mm, BASE)).not.toBe(pfnOf(child, BASE));
    const { memmap } = mm.system;
    expect(memmap.content(pfnOf(mm, BASE))).toBe(memmap.content(pfnOf(child, BASE)));
  });

  it.each([undefined, 64])('the last reference makes it exclusive again (%s KiB)', (kb) => {
    const mm = swapped(arch, kb);
    exitMmap(fork(mm));
    touch(mm, BASE, BASE + 1, 'read');
    expect(exclusive(mm, BASE, END)).toEqual(span(0, kb === 64 ? 16 : 1));
  });

  it('of a large folio come back singly', () => {
    const mm = swapped(arch, 64);
    fork(mm);
    touch(mm, BASE + 5, BASE + 6, 'read');
    expect(present(mm, BASE, END)).toEqual([5]);
  });
});
