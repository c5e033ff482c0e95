import { arm64, makePte, MARKER_GUARD, MARKER_UFFD_WP, markerEntry, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { accessPage } from '../fault/access.ts';
import {
  BASE,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  present,
  RO,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
  writtenMm,
} from '../testing.fixture.ts';
import { VM_MAYBE_GUARD } from '../vma/flags.ts';
import { vmaModify } from '../vma/modify.ts';
import { fork } from './fork.ts';
import { madvise } from './madvise.ts';
import { mmapFixed } from './mmap.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;
const HEAD = 0x10000;

/** One letter per page: "p" present, "g" guard, "." empty. */
function map(mm: AddressSpace): string {
  const { arch } = mm.system;
  return span(0, 16)
    .map((i) => {
      const pte = entryOf(mm, BASE + i);
      if (arch.ptePresent(pte.bits)) return 'p';
      if (arch.pteNone(pte)) return '.';
      const { kind, offset } = arch.decodeNonPresent(pte);
      return kind === 'marker' && offset === MARKER_GUARD ? 'g' : '?';
    })
    .join('');
}

describe.each([x86, arm])('$name: a guard region', (arch) => {
  it.each([undefined, 64])('takes the pages (folios of %s KiB); the VMA stays whole', (kb) => {
    const mm = writtenMm(arch, kb);
    expect(madvise(mm, BASE + 4, BASE + 8, 'GUARD_INSTALL')).toBe('ok');
    expect(map(mm)).toBe('ppppggggpppppppp');
    expect([vmaMap(mm), exclusive(mm, BASE, END).length]).toEqual([['0-16'], 12]);
    const { memmap } = mm.system;
    expect(memmap.folioRefcount(HEAD + 4)).toBe(kb === 64 ? 12 : 0);
    expect(cost(mm)).toMatchObject({ flushCalls: kb === 64 && arch === arm ? 2 : 1 });
  });

  it.each(['read', 'write', 'exec'] as const)('a %s ends with SIGSEGV', (kind) => {
    const mm = writtenMm(arch);
    vmaAt(mm, BASE).flags |= 4;
    madvise(mm, BASE + 4, BASE + 5, 'GUARD_INSTALL');
    expect(accessPage(mm, BASE + 4, kind)).toEqual({ faults: 0, signal: 'SIGSEGV' });
    expect(map(mm)[4]).toBe('g');
  });

  it('where nothing was mapped: a table is made, and the VMA may hold pages', () => {
    const mm = testMm(arch);
    const vma = mapAnon(mm, BASE, BASE + 1024);
    madvise(mm, BASE + 510, BASE + 514, 'GUARD_INSTALL');
    expect(vma.anonVma).not.toBeNull();
    expect([mm.table(BASE), mm.table(BASE + 512)].map((table) => table?.base)).toEqual([
      BASE,
      BASE + 512,
    ]);
    expect(arch.decodeNonPresent(entryOf(mm, BASE + 513))).toMatchObject({ offset: MARKER_GUARD });
    expect(cost(mm)).not.toHaveProperty('flushCalls');
  });

  it('installed twice is the same; taken away it leaves empty slots', () => {
    const mm = writtenMm(arch, 64);
    madvise(mm, BASE + 4, BASE + 8, 'GUARD_INSTALL');
    madvise(mm, BASE + 6, BASE + 10, 'GUARD_INSTALL');
    expect(map(mm)).toBe('ppppggggggpppppp');
    madvise(mm, BASE + 5, BASE + 12, 'GUARD_REMOVE');
    expect(map(mm)).toBe('ppppg.....pppppp');
    expect(touch(mm, BASE + 5)).toBe(1);
  });

  it('a part of a huge page: the rest is mapped by single entries', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    madvise(mm, BASE + 4, BASE + 8, 'GUARD_INSTALL');
    expect([map(mm), mm.events.pmdSplits]).toEqual(['ppppggggpppppppp', 1]);
    madvise(mm, BASE, BASE + 512, 'GUARD_INSTALL');
    expect([present(mm, BASE, BASE + 512), mm.system.memmap.folioRefcount(HEAD)]).toEqual([[], 0]);
  });

  it('is there in a child too', () => {
    const mm = writtenMm(arch);
    madvise(mm, BASE + 4, BASE + 8, 'GUARD_INSTALL');
    const child = fork(mm);
    expect(map(child)).toBe('ppppggggpppppppp');
    expect(accessPage(child, BASE + 4, 'read').signal).toBe('SIGSEGV');
  });

  it('is taken away from a range that has no table, or a huge page', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE);
    cost(mm);
    madvise(mm, BASE, BASE + 1024, 'GUARD_REMOVE');
    expect(cost(mm)).toEqual({});
  });

  it('removal keeps swap entries and other markers', () => {
    const mm = writtenMm(arch);
    const state = { type: 0, softDirty: false, uffdWp: false, exclusive: false };
    const pte = makePte();
    arch.encodeNonPresent({ kind: 'marker', offset: 1, ...state }, pte);
    mm.allocTable(BASE).poke(0, pte);
    arch.encodeNonPresent({ kind: 'swap', offset: 4, ...state }, pte);
    mm.allocTable(BASE).poke(1, pte);
    madvise(mm, BASE, END, 'GUARD_REMOVE');
    expect(map(mm)).toBe('??pppppppppppppp');
  });
});

it.each([
  ['x86-64', x86, '0xfffffffffffff600'],
  ['arm64', arm, '0x00000000000047c0'],
])('%s: the marker', (_, arch, entry) => {
  const mm = writtenMm(arch);
  madvise(mm, BASE, BASE + 1, 'GUARD_INSTALL');
  expect(hexOf(mm, BASE)).toBe(entry);
});

it.each([x86_64({ kernel: '6.12' }), arm64({ kernel: '6.12' })])(
  '$name 6.12 does not know the advice',
  (arch) => {
    const mm = writtenMm(arch);
    expect(madvise(mm, BASE, END, 'GUARD_INSTALL')).toBe('EINVAL');
    expect(madvise(mm, BASE, END, 'GUARD_REMOVE')).toBe('EINVAL');
    expect(map(mm)).toBe('p'.repeat(16));
  },
);

it('guards outlive MADV_DONTNEED, and go with the mapping', () => {
  const mm = testMm(x86);
  mapAnon(mm, BASE, END);
  touch(mm, BASE, END);
  madvise(mm, BASE + 2, BASE + 4, 'GUARD_INSTALL');
  madvise(mm, BASE, END, 'DONTNEED');
  expect(map(mm)).toBe('..gg............');
});

describe('in a file', () => {
  const mapFile = (mm: AddressSpace): void => {
    mmapFixed(mm, { start: BASE, nr: 16, prot: RW, shared: true, file: SHMEM });
  };

  it.each([
    ['6.17', true, 0],
    ['6.18', false, VM_MAYBE_GUARD],
    ['7.3', false, VM_MAYBE_GUARD],
  ] as const)(
    '%s: the VMA gets an anon_vma (%s), or a flag; a child has the guards too',
    (...row) => {
      const [kernel, anonVma, flag] = row;
      const mm = testMm(x86_64({ kernel }));
      mapFile(mm);
      madvise(mm, BASE + 4, BASE + 6, 'GUARD_INSTALL');
      const vma = vmaAt(mm, BASE);
      expect([vma.anonVma !== null, vma.flags & VM_MAYBE_GUARD]).toEqual([anonVma, flag]);
      expect(map(fork(mm))).toBe('....gg..........');
    },
  );

  it('the flag stands in the way of no merge, and stays', () => {
    const mm = testMm(x86_64({ kernel: '6.18' }));
    mapFile(mm);
    const apart = vmaModify(mm, vmaAt(mm, BASE), BASE + 8, BASE + 9, { flags: RO });
    if (apart !== 'ENOMEM') apart.vma.flags = RO;
    madvise(mm, BASE, BASE + 1, 'GUARD_INSTALL');
    madvise(mm, BASE + 12, BASE + 13, 'GUARD_INSTALL');
    const { flags } = vmaAt(mm, BASE + 1);
    const joined = vmaModify(mm, vmaAt(mm, BASE + 8), BASE + 8, BASE + 9, {
      flags: flags & ~VM_MAYBE_GUARD,
    });
    expect(vmaMap(mm)).toEqual(['0-16']);
    expect(joined).toMatchObject({ flags });
  });

  it('over a marker of userfaultfd the kernel never returns', () => {
    const mm = testMm(x86);
    mapFile(mm);
    const marker = makePte();
    x86.encodeNonPresent(markerEntry(MARKER_UFFD_WP), marker);
    mm.allocTable(BASE).poke(2, marker);
    expect(() => madvise(mm, BASE, END, 'GUARD_INSTALL')).toThrow(/never ends/);
    expect(madvise(mm, BASE + 3, END, 'GUARD_INSTALL')).toBe('ok');
  });
});
