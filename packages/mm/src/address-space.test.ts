import { sequentialAllocator } from '@ptelab/folio';
import { arm64, PteTable, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { AddressSpace } from './address-space.ts';
import { createSystem } from './create-system.ts';
import { HugePmd } from './huge/huge-pmd.ts';
import { BASE, testMm } from './testing.fixture.ts';

describe('a machine', () => {
  it('has the zero pages, 65530 VMAs and no folio sizes', () => {
    const system = createSystem(x86_64({ kernel: '7.2' }));
    expect([system.zeroPfn, system.hugeZeroPfn, system.maxMapCount]).toEqual([1, 512, 65530]);
    expect([system.memmap.folioRefcount(1), system.memmap.folioNrPages(512)]).toEqual([1, 512]);
    expect(system.allocator.alloc(0)).toBe(0x10000);
  });

  it('takes the choices of a real one', () => {
    const allocator = sequentialAllocator(7);
    const options = { allocator, maxMapCount: 3, zeroPfn: 0x4321 };
    expect(createSystem(x86_64({ kernel: '7.2' }), options)).toMatchObject(options);
  });

  it('numbers its address spaces', () => {
    const system = createSystem(arm64({ kernel: '7.2' }));
    expect(new AddressSpace(system).id).not.toBe(new AddressSpace(system).id);
  });
});

describe('page tables', () => {
  it.each([
    ['4k', 512],
    ['16k', 2048],
    ['64k', 8192],
  ] as const)('granule %s: one PMD covers %i pages', (granule, pages) => {
    const mm = testMm(arm64({ kernel: '7.2', granule }));
    expect([mm.pmdPages, mm.pmdIndex(pages - 1), mm.pmdIndex(pages)]).toEqual([pages, 0, 1]);
  });

  it('are made where they are first asked for', () => {
    const mm = testMm(arm64({ kernel: '7.2' }));
    expect([mm.pmd(BASE), mm.table(BASE)]).toEqual([undefined, undefined]);
    const table = mm.allocTable(BASE + 17);
    expect([table.base, table.length]).toEqual([BASE, 512]);
    expect([mm.pmd(BASE), mm.table(BASE + 511), mm.allocTable(BASE)]).toEqual([
      table,
      table,
      table,
    ]);
    expect(mm.table(BASE + 512)).toBeUndefined();
  });

  it('a huge mapping is no table', () => {
    const mm = testMm(arm64({ kernel: '7.2' }));
    const huge = new HugePmd(BASE, { pfn: 0x200, bits: 1 });
    mm.setPmd(BASE, huge);
    expect([mm.pmd(BASE + 5), mm.table(BASE + 5)]).toEqual([huge, undefined]);
    expect(() => mm.allocTable(BASE + 5)).toThrow(
      new RangeError(`page ${BASE + 5} is mapped by a huge page`),
    );
    mm.setPmd(BASE, undefined);
    expect(mm.allocTable(BASE)).toBeInstanceOf(PteTable);
    mm.clearPageTables();
    expect(mm.pmd(BASE)).toBeUndefined();
  });
});
