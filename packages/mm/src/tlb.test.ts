import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { AddressSpace } from './address-space.ts';
import { createSystem, type SystemOptions } from './create-system.ts';
import { accessPage, storeByte } from './fault/access.ts';
import { splitHugePmd } from './huge/split.ts';
import { HugePmd } from './huge/huge-pmd.ts';
import { MmuGather } from './mmu-gather.ts';
import { clearRefsReferenced, clearRefsSoftDirty } from './ops/clear-refs.ts';
import { exitMmap, fork } from './ops/fork.ts';
import { ksmScan } from './ops/ksm.ts';
import { madvise } from './ops/madvise.ts';
import { mremapFixed } from './ops/mremap.ts';
import { munmap } from './ops/munmap.ts';
import { swapoff } from './swap/swapoff.ts';
import { BASE, changeBits, mapAnon, pfnOf, RO, span, touch } from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 64;

type Policy = NonNullable<SystemOptions['tlb']>;

/** 64 pages, each with a byte of its own and in the TLB. */
function written(arch: Arch, kb?: number, tlb: Policy = 'page', nr = 64): AddressSpace {
  const system = createSystem(arch, { tlb });
  if (kb !== undefined) system.thp.set(kb, 'always');
  const mm = new AddressSpace(system);
  mapAnon(mm, BASE, BASE + nr);
  for (const i of span(0, nr)) storeByte(mm, BASE + i, 0, i + 1);
  touch(mm, BASE, BASE + nr);
  return mm;
}

/** Pages whose translation is in the TLB, from {@link BASE}. */
function cached(mm: AddressSpace): number[] {
  return (mm.tlb?.entries() ?? []).flatMap(({ vpn, pages }) =>
    span(vpn - BASE, vpn - BASE + pages),
  );
}

/** Findings of all address spaces, as "kind pages when". */
function findings(mm: AddressSpace): string[] {
  return [...mm.system.spaces].flatMap((space) => {
    space.tlb?.check('call');
    return (space.tlb?.takeReport().findings ?? []).map(({ kind, vpn, pages, when }) => {
      return `${kind} ${vpn - BASE}+${pages} ${when}`;
    });
  });
}

it('without one there is none, and accesses see the page tables', () => {
  const mm = new AddressSpace(createSystem(x86));
  expect([mm.tlb, mm.system.tlb]).toEqual([null, null]);
});

describe.each([x86, arm])('$name: a gather', (arch) => {
  function flushed(work: (gather: MmuGather, mm: AddressSpace) => void): number[] {
    const mm = written(arch);
    const gather = new MmuGather(mm);
    work(gather, mm);
    gather.finish();
    const left = new Set(cached(mm));
    return span(0, 64).filter((i) => !left.has(i));
  }

  it('nothing recorded: everything stays', () => {
    expect(flushed(() => undefined)).toEqual([]);
  });

  it('the hull goes, gaps included', () => {
    const record = (gather: MmuGather): void => {
      gather.flushPteRange(BASE + 20, 2);
      gather.flushPteRange(BASE + 10, 1);
    };
    expect(flushed(record)).toEqual(span(10, 22));
  });

  it('arm64 has flushed when a VMA ends, x86-64 when the gather does', () => {
    let atEndVma: number[] = [];
    const record = (gather: MmuGather, mm: AddressSpace): void => {
      gather.flushPteRange(BASE + 10, 1);
      gather.endVma();
      atEndVma = cached(mm);
      gather.flushPteRange(BASE + 20, 1);
    };
    expect(flushed(record)).toEqual(arch === arm ? [10, 20] : span(10, 21));
    expect(atEndVma.includes(10)).toBe(arch === x86);
  });

  it.each([
    [33, span(0, 33)],
    [34, arch === x86 ? span(0, 64) : span(0, 34)],
  ])('%i pages: x86-64 gives up on ranges after 33', (pages, gone) => {
    const record = (gather: MmuGather): void => {
      gather.flushPteRange(BASE, pages);
    };
    expect(flushed(record)).toEqual(gone);
  });

  it('nested: everything goes', () => {
    const mm = written(arch);
    const outer = new MmuGather(mm);
    new MmuGather(mm).finish();
    expect(cached(mm)).toEqual([]);
    outer.finish();
  });
});

describe.each([
  [x86, 'page'],
  [arm, 'page'],
  [arm, 'block'],
  [x86_64({ kernel: '6.12' }), 'page'],
  [arm64({ kernel: '6.12' }), 'page'],
  [arm64({ kernel: '6.12' }), 'block'],
  [arm64({ kernel: '7.3', bbml2: true }), 'block'],
  [arm64({ kernel: '7.3', tlbiRange: false }), 'block'],
] as const)('$0.name $0.kernel, %s: nothing stale is left by', (arch, tlb) => {
  const operations: Readonly<Record<string, (mm: AddressSpace) => void>> = {
    munmap: (mm) => munmap(mm, BASE + 5, BASE + 40),
    'fork and copies': (mm) => {
      const child = fork(mm);
      touch(child, BASE + 3, BASE + 30);
      touch(mm, BASE, END);
      exitMmap(child);
      touch(mm, BASE, END);
    },
    mremap: (mm) => {
      mremapFixed(mm, BASE + 4, 40, BASE + 1000);
    },
    DONTNEED: (mm) => madvise(mm, BASE + 3, BASE + 20, 'DONTNEED'),
    FREE: (mm) => madvise(mm, BASE + 3, BASE + 20, 'FREE'),
    COLD: (mm) => madvise(mm, BASE + 3, BASE + 20, 'COLD'),
    'PAGEOUT and back': (mm) => {
      madvise(mm, BASE + 3, BASE + 40, 'PAGEOUT');
      touch(mm, BASE, BASE + 20, 'read');
      swapoff(mm.system);
    },
    GUARD_INSTALL: (mm) => madvise(mm, BASE + 3, BASE + 20, 'GUARD_INSTALL'),
    clear_refs: (mm) => {
      clearRefsReferenced(mm);
      touch(mm, BASE, END, 'read');
      clearRefsSoftDirty(mm);
    },
    KSM: (mm) => {
      madvise(mm, BASE, END, 'MERGEABLE');
      storeByte(mm, BASE + 5, 0, 1);
      storeByte(mm, BASE + 6, 0, 0);
      ksmScan(mm.system, true);
      touch(mm, BASE + 4, BASE + 8);
    },
  };

  it.each(Object.entries(operations))('%s', (_, operation) => {
    for (const kb of [undefined, 16, 64, 128]) {
      const mm = written(arch, kb, tlb);
      operation(mm);
      expect(findings(mm)).toEqual([]);
      for (const vma of mm.vmas.all) touch(mm, vma.start, vma.start + 1, 'read');
      expect(findings(mm)).toEqual([]);
    }
  });

  it.each(Object.entries(operations))('%s of a huge page', (_, operation) => {
    const mm = written(arch, 2048, tlb, 512);
    operation(mm);
    expect(findings(mm)).toEqual([]);
  });

  it('a split, and a huge page made writable on fault', () => {
    const mm = written(arch, 2048, tlb, 512);
    const pmd = mm.pmd(BASE);
    if (!(pmd instanceof HugePmd)) throw new RangeError('not huge');
    exitMmap(fork(mm));
    touch(mm, BASE, BASE + 1, 'read');
    expect(touch(mm, BASE + 9)).toBe(1);
    expect(findings(mm)).toEqual([]);
    splitHugePmd(mm, pmd);
    touch(mm, BASE, BASE + 20);
    expect(findings(mm)).toEqual([]);
  });
});

describe('a stale translation', () => {
  it('lets a store through to the frame that it knows', () => {
    const mm = written(x86);
    const { memmap } = mm.system;
    const frame = pfnOf(mm, BASE);
    const expected = memmap.contents.stored(memmap.content(frame), 0, 99);
    changeBits(mm, [BASE], () => 0);
    expect(storeByte(mm, BASE, 0, 99)).toEqual({ faults: 0, signal: null });
    expect(memmap.content(frame)).toBe(expected);
    expect(findings(mm)).toEqual(['StaleMapping 0+1 call']);
  });

  it('is found when the frame is freed', () => {
    const mm = written(arm);
    mm.system.memmap.folioPut(pfnOf(mm, BASE + 2), 1);
    expect(findings(mm)).toEqual(['StaleMapping 2+1 free']);
  });

  it('is found at the end of a fault nearby', () => {
    const mm = written(arm, 64, 'page');
    changeBits(mm, [BASE + 3], (bits) => arm.pteWrprotect(bits));
    changeBits(mm, [BASE + 5], () => 0);
    mm.tlb?.evict(BASE + 5);
    touch(mm, BASE + 5);
    expect(findings(mm)).toEqual(['StalePermission 3+1 fault']);
  });

  it('outlives the VMA, where nobody flushes', () => {
    const mm = written(arm);
    for (const vma of [...mm.vmas.all]) mm.vmas.remove(vma);
    expect(accessPage(mm, BASE, 'write')).toEqual({ faults: 0, signal: null });
    mm.tlb?.evict(BASE);
    mm.clearPageTables();
    expect(accessPage(mm, BASE, 'write').signal).toBe('SIGSEGV');
  });
});

it('read-only memory: the refused write is remembered, and harmless', () => {
  const system = createSystem(arm, { tlb: 'block', tlbLanding: 'first' });
  system.thp.set(64, 'always');
  const mm = new AddressSpace(system);
  mapAnon(mm, BASE, BASE + 16, RO);
  touch(mm, BASE, BASE + 16, 'read');
  expect(accessPage(mm, BASE, 'write').signal).toBe('SIGSEGV');
  expect(findings(mm)).toEqual([]);
});
