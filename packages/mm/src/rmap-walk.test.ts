import { arm64, makePte, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { accessPage } from './fault/access.ts';
import { fork } from './ops/fork.ts';
import { mmapFixed } from './ops/mmap.ts';
import { mremapFixed } from './ops/mremap.ts';
import { mappingsOf } from './rmap-walk.ts';
import { BASE, entryOf, mapAnon, RO, testMm, touch } from './testing.fixture.ts';

const HEAD = 0x10000;

describe.each([x86_64({ kernel: '7.2' }), arm64({ kernel: '7.2' })])('$name', (arch) => {
  it('finds the entries of the frames asked for, in every address space', () => {
    const mm = testMm(arch, { kb: [16] });
    mapAnon(mm, BASE, BASE + 8);
    touch(mm, BASE, BASE + 8);
    const child = fork(mm);
    expect(mappingsOf(mm.system, HEAD + 3, 2)).toEqual([
      { mm, table: mm.table(BASE), index: 3, pfn: HEAD + 3 },
      { mm, table: mm.table(BASE), index: 4, pfn: HEAD + 4 },
      { mm: child, table: child.table(BASE), index: 3, pfn: HEAD + 3 },
      { mm: child, table: child.table(BASE), index: 4, pfn: HEAD + 4 },
    ]);
  });

  it('wherever a page was moved to, also into another table', () => {
    const mm = testMm(arch, { kb: [16] });
    mapAnon(mm, BASE, BASE + 8);
    touch(mm, BASE, BASE + 8);
    mremapFixed(mm, BASE, 4, BASE + 1000);
    expect(mappingsOf(mm.system, HEAD + 1, 1)).toEqual([
      { mm, table: mm.table(BASE + 1000), index: 1000 - 512 + 1, pfn: HEAD + 1 },
    ]);
  });

  it('also entries without access: PROT_NONE', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 1);
    touch(mm, BASE);
    const pte = makePte();
    arch.pteModify(entryOf(mm, BASE), arch.vmGetPageProt(0), pte);
    mm.allocTable(BASE).poke(0, pte);
    expect(mappingsOf(mm.system, HEAD, 1)).toMatchObject([{ index: 0, pfn: HEAD }]);
  });

  it('but not special entries, nor swap entries of a slot with the same number', () => {
    const mm = testMm(arch);
    mmapFixed(mm, { start: BASE, nr: 4, prot: RO, shared: false, file: null });
    accessPage(mm, BASE, 'read');
    const { zeroPfn } = mm.system;
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    const pte = makePte();
    arch.encodeNonPresent({ kind: 'swap', type: 0, offset: zeroPfn, ...state }, pte);
    mm.allocTable(BASE).poke(1, pte);
    expect(mappingsOf(mm.system, zeroPfn, 1)).toEqual([]);
  });
});
