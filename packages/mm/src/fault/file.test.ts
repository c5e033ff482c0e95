import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { PAGE_KIND } from '@ptelab/folio';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile, type FileSystem } from '../file/backed-file.ts';
import { fsync } from '../file/fsync.ts';
import { writeFile } from '../file/page-cache.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { fork } from '../ops/fork.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, EXT4, entryOf, RO, RW, testMm, touch } from '../testing.fixture.ts';
import { accessPage } from './access.ts';

const old = x86_64({ kernel: '6.12' });
const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

const EXT4_FS: FileSystem = { kind: 'ext4' };
const tmpfs = (huge: 'always' | 'never' | 'within_size'): FileSystem => ({ kind: 'tmpfs', huge });

interface Mapping {
  readonly pages?: number;
  readonly shared?: boolean;
  readonly prot?: number;
  readonly pgoff?: number;
  /** Pages per write(2) when the file is filled first; 0 leaves it empty. */
  readonly chunk?: number;
}

function mapped(
  arch: Arch,
  fs: FileSystem,
  { pages = 64, shared = true, prot = RW, pgoff = 0, chunk = 0 }: Mapping = {},
): { mm: AddressSpace; file: BackedFile } {
  const mm = testMm(arch);
  const file = new BackedFile('file', fs, pages);
  if (chunk > 0) writeFile(mm.system, file, 0, pages, chunk);
  mmapFixed(mm, { start: BASE, nr: pages - pgoff, prot, shared, file, pgoff });
  return { mm, file };
}

function present(mm: AddressSpace, nr: number): number {
  const { arch } = mm.system;
  let count = 0;
  for (let i = 0; i < nr; i++) if (arch.ptePresent(entryOf(mm, BASE + i).bits)) count++;
  return count;
}

function orders(mm: AddressSpace, file: BackedFile): number[] {
  const heads = new Set([...file.cache.values()].map((pfn) => mm.system.memmap.folioHead(pfn)));
  return [...heads].map((head) => mm.system.memmap.folioOrder(head));
}

describe('a read fault', () => {
  it('maps 16 cached pages around it, the others old where hardware sets the access flag', () => {
    for (const arch of [x86, arm]) {
      const { mm } = mapped(arch, tmpfs('never'), { chunk: 1 });
      expect(touch(mm, BASE + 20, BASE + 21, 'read')).toBe(1);
      expect(present(mm, 64)).toBe(16);
      expect(arch.ptePresent(entryOf(mm, BASE + 15).bits)).toBe(false);
      expect(arch.pteYoung(entryOf(mm, BASE + 20).bits)).toBe(true);
      expect(arch.pteYoung(entryOf(mm, BASE + 21).bits)).toBe(arch === x86);
    }
  });

  it('maps one page where the cache holds nothing', () => {
    const { mm, file } = mapped(x86, tmpfs('never'));
    touch(mm, BASE + 3, BASE + 4, 'read');
    expect(present(mm, 64)).toBe(1);
    expect(file.cache.size).toBe(1);
  });

  it('maps all of a large folio since 6.18', () => {
    const { mm, file } = mapped(arm, EXT4_FS, { chunk: 32 });
    expect(orders(mm, file)).toEqual([5, 5]);
    touch(mm, BASE + 40, BASE + 41, 'read');
    expect(present(mm, 32)).toBe(0);
    expect(present(mm, 64)).toBe(32);
  });

  it.each([
    ['6.12', old, false],
    ['7.2', x86, true],
  ])('%s: a writable page of a dirty folio is mapped dirty: %s', (_, arch, dirty) => {
    const { mm } = mapped(arch, tmpfs('never'), { chunk: 1 });
    touch(mm, BASE, BASE + 1, 'read');
    expect(arch.pteDirty(entryOf(mm, BASE).bits)).toBe(dirty);
  });

  it('beyond the end of the file is a bus error', () => {
    const mm = testMm(x86);
    const file = new BackedFile('short', EXT4_FS, 2);
    mmapFixed(mm, { start: BASE, nr: 4, prot: RW, shared: true, file });
    expect(accessPage(mm, BASE + 2, 'read').signal).toBe('SIGBUS');
    expect(accessPage(mm, BASE + 1, 'read').signal).toBeNull();
  });
});

describe('a write', () => {
  it('to a private page copies it, once', () => {
    const { mm, file } = mapped(x86, EXT4_FS, { shared: false, chunk: 1 });
    expect(touch(mm, BASE + 5)).toBe(1);
    const page = x86.ptePfn(entryOf(mm, BASE + 5));
    expect(mm.system.memmap.isAnon(page)).toBe(true);
    expect(mm.system.memmap.anonExclusive(page)).toBe(true);
    expect(mm.system.memmap.content(page)).toBe(mm.system.memmap.content(file.cache.get(5) ?? 0));
    expect(touch(mm, BASE + 5)).toBe(0);
  });

  it('to a private page that was read first copies it too', () => {
    const { mm } = mapped(x86, EXT4_FS, { shared: false, chunk: 1 });
    touch(mm, BASE, BASE + 16, 'read');
    expect(touch(mm, BASE, BASE + 16)).toBe(16);
  });

  it('to a shared page dirties the folio and the entry', () => {
    const { mm, file } = mapped(x86, EXT4_FS);
    expect(touch(mm, BASE)).toBe(1);
    const { bits } = entryOf(mm, BASE);
    expect([x86.pteWrite(bits), x86.pteDirty(bits)]).toEqual([true, true]);
    expect(mm.system.memmap.pageKind(file.cache.get(0) ?? 0)).toBe(PAGE_KIND.FILE);
  });

  it('after fsync faults again on ext4, and not on tmpfs', () => {
    for (const [fs, faults] of [
      [EXT4_FS, 16],
      [tmpfs('never'), 0],
    ] as const) {
      const { mm, file } = mapped(x86, fs);
      touch(mm, BASE, BASE + 16);
      fsync(mm.system, file);
      expect(touch(mm, BASE, BASE + 16)).toBe(faults);
      fsync(mm.system, file);
      expect(x86.pteWrite(entryOf(mm, BASE).bits)).toBe(faults === 0);
    }
  });
});

describe('folio sizes', () => {
  it.each([
    ['ext4 takes single pages up to 6.15', old, EXT4_FS, 16, Array<number>(16).fill(0)],
    ['ext4 takes what a write covers', x86, EXT4_FS, 8, [3, 3]],
    ['tmpfs huge=never takes single pages', x86, tmpfs('never'), 16, Array<number>(16).fill(0)],
    ['huge=within_size up to the end of the file', x86, tmpfs('within_size'), 1, [4]],
    [
      '6.12: within_size only whole huge pages',
      old,
      tmpfs('within_size'),
      1,
      Array<number>(16).fill(0),
    ],
    ['huge=always takes huge pages', x86, tmpfs('always'), 1, [9]],
  ])('%s', (_, arch, fs, chunk, expected) => {
    const { mm, file } = mapped(arch, fs, { pages: 16, chunk });
    expect(orders(mm, file)).toEqual(expected);
  });

  it('shared anonymous memory follows its own sysfs setting', () => {
    const mm = testMm(x86);
    mm.system.shmemThp.set(64, 'always');
    const file = new BackedFile('/dev/zero', { kind: 'shared-anonymous' }, 64);
    mmapFixed(mm, { start: BASE, nr: 64, prot: RW, shared: true, file });
    expect(touch(mm, BASE, BASE + 64)).toBe(4);
    expect(orders(mm, file)).toEqual([4, 4, 4, 4]);
  });
});

describe('a huge page of a file', () => {
  function hugeMapping(arch: Arch) {
    const { mm, file } = mapped(arch, tmpfs('always'), { pages: 512, chunk: 1 });
    touch(mm, BASE, BASE + 1);
    return { mm, file };
  }

  it('is mapped by one entry', () => {
    const { mm } = hugeMapping(x86);
    expect(mm.pmd(BASE)).toBeInstanceOf(HugePmd);
    expect(touch(mm, BASE, BASE + 512)).toBe(0);
  });

  it('faults in again in a child', () => {
    const { mm } = hugeMapping(x86);
    const child = fork(mm);
    expect(child.pmd(BASE)).toBeUndefined();
    expect(touch(child, BASE + 7, BASE + 8, 'read')).toBe(1);
    expect(child.pmd(BASE)).toBeInstanceOf(HugePmd);
  });

  it('is taken away by a write without permission, in the same fault that maps it again', () => {
    const { mm } = hugeMapping(x86);
    const pmd = mm.pmd(BASE);
    if (!(pmd instanceof HugePmd)) throw new Error('no huge page');
    pmd.entry.bits = x86.pteWrprotect(pmd.entry.bits);
    expect(touch(mm, BASE + 1)).toBe(1);
    expect(mm.pmd(BASE)).not.toBe(pmd);
    expect(touch(mm, BASE + 1)).toBe(0);
  });

  it('is not mapped by one entry where the VMA starts inside it', () => {
    const { mm } = mapped(x86, tmpfs('always'), { pages: 512, pgoff: 8, chunk: 1 });
    touch(mm, BASE, BASE + 1, 'read');
    expect(mm.pmd(BASE)).not.toBeInstanceOf(HugePmd);
  });
});

it('a file without a page cache is refused by name', () => {
  const mm = testMm(x86);
  mmapFixed(mm, { start: BASE, nr: 1, prot: RO, shared: true, file: EXT4 });
  expect(() => accessPage(mm, BASE, 'read')).toThrow(
    'not modelled: a fault in a file without pages',
  );
});
