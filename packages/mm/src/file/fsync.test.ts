import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, cost, RW, testMm, touch, where, writable } from '../testing.fixture.ts';
import { BackedFile, type FileSystem } from './backed-file.ts';
import { fsync } from './fsync.ts';

/** Eight pages of a file that is mapped shared; the first four are written. */
function written(arch: Arch, fs: FileSystem): { mm: AddressSpace; file: BackedFile } {
  const mm = testMm(arch);
  const file = new BackedFile('f', fs, 8);
  mmapFixed(mm, { start: BASE, nr: 8, prot: RW, shared: true, file });
  touch(mm, BASE, BASE + 8, 'read');
  touch(mm, BASE, BASE + 4);
  cost(mm);
  return { mm, file };
}

const machines = [x86_64({ kernel: '7.3' }), arm64({ kernel: '7.3' }), x86_64({ kernel: '6.12' })];

describe.each(machines)('$name $kernel: fsync', (arch) => {
  const dirty = (mm: AddressSpace): number[] =>
    where(mm, BASE, BASE + 8, (bits) => arch.pteDirty(bits));

  it('makes pages of ext4 clean and read-only: the next write is noticed', () => {
    const { mm, file } = written(arch, { kind: 'ext4' });
    expect(dirty(mm)).toEqual([0, 1, 2, 3]);
    fsync(mm.system, file);
    expect([dirty(mm), writable(mm, BASE, BASE + 8)]).toEqual([[], []]);
    expect([...file.cache.values()].some((pfn) => mm.system.memmap.folioDirty(pfn))).toBe(false);
    expect(touch(mm, BASE, BASE + 4)).toBe(4);
  });

  it('flushes each page that was dirty or writable, once; nothing the second time', () => {
    const { mm, file } = written(arch, { kind: 'ext4' });
    fsync(mm.system, file);
    expect(mm.events.flushCalls).toBe(4);
    fsync(mm.system, file);
    expect(mm.events.flushCalls).toBe(4);
  });

  it('does nothing to tmpfs, which has nowhere to write to', () => {
    const { mm, file } = written(arch, { kind: 'tmpfs', huge: 'never' });
    const before = [dirty(mm), writable(mm, BASE, BASE + 8)];
    fsync(mm.system, file);
    expect([dirty(mm), writable(mm, BASE, BASE + 8)]).toEqual(before);
    expect(touch(mm, BASE, BASE + 4)).toBe(0);
  });
});
