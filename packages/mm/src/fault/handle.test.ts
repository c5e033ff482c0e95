import {
  arm64,
  makePte,
  VM_EXEC,
  VM_WRITE,
  x86_64,
  type AccessKind,
  type NonPresentKind,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { HugePmd } from '../huge/huge-pmd.ts';
import { mmapFixed } from '../ops/mmap.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  hexOf,
  mapAnon,
  RO,
  RW,
  SHMEM,
  testMm,
  touch,
} from '../testing.fixture.ts';
import { UnsupportedError } from '../unsupported.ts';
import { accessPage } from './access.ts';
import { handleMmFault } from './handle.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

describe('what a VMA allows', () => {
  const rows: readonly [string, number, AccessKind[]][] = [
    ['nothing', 0, []],
    ['reading', RO, ['read']],
    ['reading and writing', RW, ['read', 'write']],
    ['writing, hence reading', VM_WRITE, ['read', 'write']],
    ['reading and executing', RO | VM_EXEC, ['read', 'exec']],
    ['all', RW | VM_EXEC, ['read', 'write', 'exec']],
  ];

  it.each(rows)('a VMA for %s (%i) allows %o', (_, prot, allowed) => {
    for (const kind of ['read', 'write', 'exec'] as const) {
      for (const arch of [x86, arm]) {
        const mm = testMm(arch);
        mapAnon(mm, BASE, BASE + 1, prot);
        const signal = allowed.includes(kind) ? null : 'SIGSEGV';
        expect([kind, accessPage(mm, BASE, kind).signal]).toEqual([kind, signal]);
      }
    }
  });

  it.each([
    ['arm64', arm, null],
    ['arm64 with EPAN', arm64({ kernel: '7.2', epan: true }), 'SIGSEGV'],
    ['x86-64 with keys', x86, 'SIGSEGV'],
    ['x86-64 without', x86_64({ kernel: '7.2', pku: false }), null],
  ])('%s: reading execute-only memory gives %s', (_, arch, signal) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 1, VM_EXEC);
    expect(accessPage(mm, BASE, 'read').signal).toBe(signal);
    expect(accessPage(mm, BASE, 'exec').signal).toBeNull();
  });

  it('there is nothing outside VMAs, and that is not counted as a fault', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, BASE + 1);
    expect(accessPage(mm, BASE + 1, 'read')).toEqual({ faults: 0, signal: 'SIGSEGV' });
    expect(cost(mm)).toEqual({});
  });
});

describe('a present entry', () => {
  it.each([true, false])('arm64, hardware access flag %s: an old entry', (hwAfDbm) => {
    const arch = arm64({ kernel: '7.2', hwAfDbm });
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 1);
    touch(mm, BASE);
    const young = hexOf(mm, BASE);
    changeBits(mm, [BASE], (bits) => arch.pteMkold(bits));
    expect(touch(mm, BASE, BASE + 1, 'read')).toBe(hwAfDbm ? 0 : 1);
    expect(hexOf(mm, BASE)).toBe(young);
  });

  it('without hardware dirty state a store to a clean writable entry faults once', () => {
    const arch = arm64({ kernel: '7.2', hwAfDbm: false });
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 1);
    touch(mm, BASE);
    const dirty = hexOf(mm, BASE);
    changeBits(mm, [BASE], (bits) => arch.pteMkclean(bits));
    expect(touch(mm, BASE)).toBe(1);
    expect(hexOf(mm, BASE)).toBe(dirty);
  });

  it('so does one to a clean writable huge entry', () => {
    const arch = arm64({ kernel: '7.2', hwAfDbm: false });
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    const pmd = mm.pmd(BASE);
    if (pmd instanceof HugePmd) pmd.entry.bits = arch.pteMkold(arch.pteMkclean(pmd.entry.bits));
    expect(touch(mm, BASE + 9)).toBe(1);
    expect(arch.pteDirty(entryOf(mm, BASE).bits)).toBe(true);
  });
});

describe('what is not modelled is refused by name', () => {
  const KINDS: readonly NonPresentKind[] = ['hwpoison', 'device-private-read'];

  it.each(KINDS)('a fault on a %s entry', (kind) => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 1);
    const entry = makePte();
    const flags = { softDirty: false, uffdWp: false, exclusive: false };
    x86.encodeNonPresent({ kind, type: 0, offset: 2, ...flags }, entry);
    mm.allocTable(BASE).poke(0, entry);
    const error = new UnsupportedError(`a fault on a ${kind} entry`);
    expect(() => handleMmFault(mm, BASE, 'read')).toThrow(error);
    expect(error).toMatchObject({ name: 'UnsupportedError', what: `a fault on a ${kind} entry` });
    expect(error.message).toBe(`not modelled: a fault on a ${kind} entry`);
  });

  it('a fault in a file mapping whose pages nobody gave', () => {
    const mm = testMm(x86);
    mmapFixed(mm, { start: BASE, nr: 1, prot: RO, shared: true, file: SHMEM });
    expect(() => accessPage(mm, BASE, 'read')).toThrow('not modelled: a fault in a file');
  });

  it('an access that makes no progress is an error of the model', () => {
    const mm = testMm(x86);
    const vma = mapAnon(mm, BASE, BASE + 1, RO);
    touch(mm, BASE, BASE + 1, 'read');
    vma.flags |= VM_EXEC; // the entry stays not executable
    expect(() => accessPage(mm, BASE, 'exec')).toThrow(`exec of page ${BASE} still faults after 8`);
  });
});
