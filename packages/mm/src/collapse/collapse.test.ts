import { arm64, makePte, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile, type FileSystem } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { migrateStart } from '../migration/start.ts';
import { fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { pin } from '../ops/pin.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  filledMm,
  hexOf,
  mapAnon,
  pfnOf,
  RO,
  RW,
  span,
  testMm,
  touch,
  vmaAt,
  writtenMm,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_UFFD_WP } from '../vma/flags.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 512;
const TMPFS: FileSystem = { kind: 'tmpfs', huge: 'never' };

function collapse(mm: AddressSpace, start = BASE, end = END): string {
  return madvise(mm, start, end, 'COLLAPSE');
}

function isHuge(mm: AddressSpace, vpn = BASE): boolean {
  return mm.pmd(vpn) instanceof HugePmd;
}

describe('anonymous memory', () => {
  it.each([
    ['x86-64', x86, '0x80000000102008e7'],
    ['arm64', arm, '0x00e8000010200f41'],
  ])('%s: becomes one huge page, a copy: exclusive, dirty, writable', (_, arch, entry) => {
    const mm = filledMm(arch, undefined, 512);
    const before = span(0, 512).map((i) => mm.system.memmap.content(pfnOf(mm, BASE + i)));
    cost(mm);
    expect(collapse(mm)).toBe('ok');
    expect(hexOf(mm, BASE)).toBe(entry);
    expect(cost(mm)).toMatchObject({ flushCalls: 1 });
    const { memmap } = mm.system;
    expect([memmap.anonExclusive(0x10200), memmap.anonExclusive(0x10201)]).toEqual([true, false]);
    expect([memmap.folioRefcount(0x10200), memmap.folioMapcount(0x10200)]).toEqual([1, 1]);
    expect(span(0, 512).map((i) => memmap.content(0x10200 + i))).toEqual(before);
    expect(memmap.pageKind(0x10000)).toBe(0);
    expect(collapse(mm)).toBe('ok'); // a huge page already
  });

  it('holes, zero pages and swapped pages are filled in', () => {
    const mm = filledMm(x86, undefined, 512);
    madvise(mm, BASE + 8, BASE + 16, 'DONTNEED');
    touch(mm, BASE + 8, BASE + 12, 'read');
    const swapped = mm.system.memmap.content(pfnOf(mm, BASE + 20));
    madvise(mm, BASE + 16, BASE + 24, 'PAGEOUT');
    expect(collapse(mm)).toBe('ok');
    const { memmap } = mm.system;
    const head = pfnOf(mm, BASE);
    expect([10, 14, 20].map((i) => memmap.content(head + i))).toEqual([0, 0, swapped]);
  });

  it('pages that a child shares are copied; the child keeps its own', () => {
    const mm = writtenMm(arm, 64, 512);
    const child = fork(mm);
    touch(mm, BASE);
    expect(collapse(mm)).toBe('ok');
    expect([isHuge(mm), isHuge(child)]).toEqual([true, false]);
    expect(mm.system.memmap.folioMapcount(pfnOf(child, BASE + 16))).toBe(16);
    expect(arm.pteWrite(entryOf(mm, BASE).bits)).toBe(true);
  });

  it.each([
    ['6.12', 'EINVAL'],
    ['6.17', 'EINVAL'],
    ['6.18', 'ok'],
    ['7.3', 'ok'],
  ] as const)('%s: without a writable entry: %s', (kernel, result) => {
    const mm = writtenMm(x86_64({ kernel }), undefined, 512);
    fork(mm);
    expect(collapse(mm)).toBe(result);
  });

  it('a read-only VMA stays read-only', () => {
    const mm = writtenMm(x86, undefined, 512);
    const vma = vmaAt(mm, BASE);
    vma.flags &= ~(RW & ~RO);
    expect(collapse(mm)).toBe('ok');
    expect(x86.pteWrite(entryOf(mm, BASE).bits)).toBe(false);
  });

  it('a pinned page stands in the way: try again', () => {
    const mm = writtenMm(x86, undefined, 512);
    pin(mm, BASE + 5, BASE + 6, 'write');
    expect([collapse(mm), isHuge(mm)]).toEqual(['EAGAIN', false]);
  });

  it('without memory', () => {
    const mm = writtenMm(x86, undefined, 512);
    Object.assign(mm.system, { allocator: { alloc: () => null } });
    expect(collapse(mm)).toBe('ENOMEM');
  });

  it('userfaultfd: no protected pages, and no holes', () => {
    const mm = writtenMm(x86, undefined, 512);
    changeVmaFlags(mm, BASE, END, { set: VM_UFFD_WP, clear: 0, uffd: 7 });
    changeBits(mm, [BASE + 9], (bits) => x86.pteMkuffdWp(bits));
    expect(collapse(mm)).toBe('EINVAL');
    changeBits(mm, [BASE + 9], (bits) => x86.pteClearUffdWp(bits));
    mm.allocTable(BASE).poke(9, makePte());
    expect(collapse(mm)).toBe('EBUSY');
  });

  it('guards stay', () => {
    const mm = writtenMm(x86, undefined, 512);
    madvise(mm, BASE + 9, BASE + 10, 'GUARD_INSTALL');
    expect([collapse(mm), isHuge(mm)]).toEqual(['EINVAL', false]);
  });

  it('pages that migrate are not modelled', () => {
    const mm = writtenMm(x86, undefined, 512);
    migrateStart(mm, BASE, BASE + 1);
    expect(() => collapse(mm)).toThrow('not modelled: MADV_COLLAPSE that waits for a migration');
  });
});

describe('which range', () => {
  function mm1024(): AddressSpace {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE, BASE + 1024);
    return mm;
  }

  it.each([
    ['both blocks', 0, 1024, 'ok', [true, true]],
    ['a block and a half', 0, 768, 'ok', [true, false]],
    ['half a block from its start on', 0, 256, 'ok', [false, false]],
    ['a part inside a block', 1, 256, 'EINVAL', [false, false]],
    ['two halves', 256, 768, 'ok', [false, false]],
  ] as const)('%s', (_, start, end, result, huge) => {
    const mm = mm1024();
    expect(collapse(mm, BASE + start, BASE + end)).toBe(result);
    expect([isHuge(mm), isHuge(mm, END)]).toEqual(huge);
  });

  it('one failure does not keep the other block from being collapsed', () => {
    const mm = mm1024();
    mm.setPmd(BASE, undefined);
    expect(collapse(mm, BASE, BASE + 1024)).toBe('EINVAL');
    expect(isHuge(mm, END)).toBe(true);
  });

  it('not with NOHUGEPAGE, not in a VMA that is too small, not before the first page', () => {
    const mm = mm1024();
    madvise(mm, END, BASE + 1024, 'NOHUGEPAGE');
    expect(collapse(mm, END, BASE + 1024)).toBe('EINVAL');
    mapAnon(mm, BASE + 2048, BASE + 2056);
    touch(mm, BASE + 2048);
    expect(collapse(mm, BASE + 2048, BASE + 2056)).toBe('EINVAL');
    mapAnon(mm, BASE + 4096, BASE + 4608, RO);
    expect(collapse(mm, BASE + 4096, BASE + 4608)).toBe('EINVAL');
  });

  it('a hole between VMAs is an error at the end', () => {
    const mm = mm1024();
    expect(collapse(mm, BASE, BASE + 1100)).toBe('ENOMEM');
    expect(isHuge(mm)).toBe(true);
  });
});

describe('files in memory', () => {
  function mapped(fs: FileSystem = TMPFS, shared = true): { mm: AddressSpace; file: BackedFile } {
    const mm = testMm(x86);
    const file = new BackedFile('/f', fs, 512);
    mmapFixed(mm, { start: BASE, nr: 512, prot: RW, shared, file });
    return { mm, file };
  }

  it('the cache gets one huge folio, holes filled; the range is mapped by a PMD, clean', () => {
    const { mm, file } = mapped();
    touch(mm, BASE, BASE + 4);
    const content = mm.system.memmap.content(pfnOf(mm, BASE));
    expect(collapse(mm)).toBe('ok');
    expect([isHuge(mm), file.cache.size]).toEqual([true, 512]);
    const { memmap } = mm.system;
    const head = pfnOf(mm, BASE);
    expect([memmap.folioOrder(head), memmap.folioRefcount(head)]).toEqual([9, 513]);
    expect(memmap.content(head)).toBe(content);
    const { bits } = entryOf(mm, BASE);
    expect([x86.pteWrite(bits), x86.pteDirty(bits)]).toEqual([true, false]);
    expect(collapse(mm)).toBe('ok');
  });

  it('others lose their page tables, and fault the huge page in', () => {
    const { mm, file } = mapped();
    const other = testMmOn(mm, file);
    for (const space of [mm, other]) touch(space, BASE, BASE + 4);
    expect(collapse(mm)).toBe('ok');
    expect(other.pmd(BASE)).toBeUndefined();
    expect([touch(other, BASE), isHuge(other)]).toEqual([1, true]);
  });

  it('private copies stay, and keep the range from being mapped by a PMD', () => {
    const { mm } = mapped(TMPFS, false);
    touch(mm, BASE, BASE + 1);
    touch(mm, BASE + 1, BASE + 4, 'read');
    const copy = pfnOf(mm, BASE);
    expect([collapse(mm), isHuge(mm), pfnOf(mm, BASE)]).toEqual(['EINVAL', false, copy]);
    expect(x86.pteNone(entryOf(mm, BASE + 1))).toBe(true);
  });

  it('userfaultfd keeps its markers, and its page table', () => {
    const { mm } = mapped();
    touch(mm, BASE, BASE + 4);
    changeVmaFlags(mm, BASE, END, { set: VM_UFFD_WP, clear: 0, uffd: 7 });
    changeBits(mm, [BASE + 1], (bits) => x86.pteMkuffdWp(bits));
    expect(collapse(mm)).toBe('EINVAL');
    expect(x86.decodeNonPresent(entryOf(mm, BASE + 1)).kind).toBe('marker');
    expect(x86.pteNone(entryOf(mm, BASE + 2))).toBe(true);
  });

  it('a pinned page stands in the way: try again', () => {
    const { mm } = mapped();
    pin(mm, BASE, BASE + 1, 'write');
    expect(collapse(mm)).toBe('EAGAIN');
  });

  it('entries of a huge folio become one PMD again', () => {
    const { mm } = mapped({ kind: 'tmpfs', huge: 'always' });
    touch(mm, BASE);
    mm.setPmd(BASE, undefined);
    const head = 0x10000;
    const { memmap } = mm.system;
    const section = memmap.ownSection(head);
    section.frames.entireMapcount[head - section.base] = 0;
    section.frames.largeMapcount[head - section.base] = 0;
    memmap.mmIds.forget(head);
    memmap.folioPut(head, 1);
    touch(mm, BASE, BASE + 1, 'read');
    expect(collapse(mm)).toBe('ok');
    expect(isHuge(mm)).toBe(true);
  });

  it('shared anonymous memory needs its size enabled', () => {
    const { mm } = mapped({ kind: 'shared-anonymous' });
    touch(mm, BASE, BASE + 4);
    expect(collapse(mm)).toBe('EINVAL');
    mm.system.shmemThp.set(2048, 'madvise');
    madvise(mm, BASE, END, 'HUGEPAGE');
    expect(collapse(mm)).toBe('ok');
  });

  it('an empty cache has nothing to collapse; other file systems are not modelled', () => {
    expect(collapse(mapped().mm)).toBe('EINVAL');
    expect(() => collapse(mapped({ kind: 'ext4' }).mm)).toThrow('MADV_COLLAPSE of a file on ext4');
  });
});

/** Another process on the same machine that maps the same file. */
function testMmOn(mm: AddressSpace, file: BackedFile): AddressSpace {
  const other = fork(mm);
  mmapFixed(other, { start: BASE, nr: 512, prot: RW, shared: true, file });
  return other;
}
