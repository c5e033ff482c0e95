import { describe, expect, it } from 'vitest';
import type { Arch } from '../arch.ts';
import { arm64 } from '../arm64/arm64.ts';
import { makePte, PteTable } from '../table.ts';
import { change, map, PFN, peek, span, testMm, where } from '../testing.fixture.ts';
import { x86_64 } from '../x86/x86.ts';
import type { HugeLeaf, TlbPageTables } from './entry.ts';
import { BLOCK, checked, findings, machine, PAGE, protect, rw, sizes } from './machine.fixture.ts';
import { Tlb } from './tlb.ts';

const arm = arm64({ kernel: '7.3' });
const x86 = x86_64({ kernel: '7.3' });

describe('filling', () => {
  it.each([
    ['block', BLOCK, ['0+16']],
    ['page', PAGE, ['5+1']],
  ] as const)('a contiguous entry, policy %s', (_, options, entries) => {
    const at = machine(arm, options);
    expect(at.tlb.access(at.base + 5, 'read')).toBe('ok');
    expect(sizes(at)).toEqual(entries);
    expect(at.tlb.frame(at.base + 5)).toBe(PFN + 5);
    expect(at.tlb.frame(at.base + 6)).toBe(options === BLOCK ? PFN + 6 : null);
  });

  it.each([arm, x86])('$name: never from an entry that hardware does not see', (arch) => {
    const at = machine(arch, BLOCK);
    protect(at, 0, 16, arch.vmGetPageProt(0), 'batched');
    expect(at.tlb.access(at.base, 'read')).toBe('translation');
    expect(at.tlb.access(at.base + 100, 'read')).toBe('translation');
    expect(sizes(at)).toEqual([]);
  });

  it('never without access flag', () => {
    const at = machine(arm64({ kernel: '7.3', hwAfDbm: false }), BLOCK);
    change(at.table, span(0, 16), (bits) => arm.pteMkold(bits));
    expect(at.tlb.access(at.base, 'read')).toBe('access-flag');
    expect(sizes(at)).toEqual([]);
  });

  it.each([
    [arm, ['3+1']],
    [x86, []],
  ] as const)('$name keeps what refused an access: %o', (arch, entries) => {
    const at = machine(arch, PAGE);
    change(at.table, [3], (bits) => arch.pteWrprotect(bits));
    expect(at.tlb.access(at.base + 3, 'write')).toBe('permission');
    expect(sizes(at)).toEqual(entries);
  });

  it.each([
    ['target', 5],
    ['first', 0],
    ['last', 15],
  ] as const)('accessed and dirty land on the %s entry of a block', (landing, index) => {
    const at = machine(arm, { policy: 'block', landing }, { dirty: false });
    change(at.table, span(0, 16), (bits) => arm.pteMkold(bits));
    expect(at.tlb.access(at.base + 5, 'write')).toBe('ok');
    expect(where(at.table, (bits) => arm.pteYoung(bits))).toEqual([index]);
    expect(where(at.table, (bits) => arm.pteDirty(bits))).toEqual([index]);
    expect(checked(at)).toEqual([]);
  });

  it('a block that is loaded clean marks dirty at the first store, on the page stored to', () => {
    const at = machine(arm, BLOCK, { dirty: false });
    at.tlb.access(at.base + 2, 'read');
    at.tlb.access(at.base + 7, 'write');
    at.tlb.access(at.base + 8, 'write');
    expect(where(at.table, (bits) => arm.pteDirty(bits))).toEqual([7]);
    expect(checked(at)).toEqual([]);
  });

  it.each([
    ['one entry without the bit', (bits: number) => bits & ~(1 << (52 - 32))],
    ['one entry that may not be written', (bits: number) => arm.pteWrprotect(bits)],
    ['one entry that maps nothing', () => 0],
  ])('%s makes the block illegal', (_, to) => {
    const at = machine(arm, BLOCK);
    change(at.table, [9], to);
    at.tlb.access(at.base, 'read');
    expect(findings(at)).toEqual(['ContigMisprogram 0+16 fill']);
  });

  it('entries of a block may differ in accessed, dirty and what software keeps', () => {
    const at = machine(arm, BLOCK, { dirty: false });
    change(at.table, [3], (bits) => arm.pteMkold(bits));
    change(at.table, [4], (bits) => arm.pteMkdirty(bits));
    at.tlb.access(at.base, 'read');
    expect(findings(at)).toEqual([]);
  });
});

describe('a store does not reach the TLB', () => {
  it.each([arm, x86])('$name: a write goes through after the table has refused', (arch) => {
    const at = machine(arch, BLOCK);
    at.tlb.access(at.base, 'write');
    change(at.table, span(0, 16), (bits) => arch.pteWrprotect(bits));
    expect(at.tlb.access(at.base, 'write')).toBe('ok');
    const pages = arch === arm ? 16 : 1;
    expect(checked(at)).toEqual([`StalePermission 0+${pages} call`]);
    expect(checked(at)).toEqual([]); // once
  });

  it.each([
    ['maps nothing', () => 0],
    ['maps another frame', (_: number, pfn: number) => pfn + 32],
  ])('a page that %s', (_, to) => {
    const at = machine(x86, PAGE);
    for (const i of [2, 3, 4, 9]) at.tlb.access(at.base + i, 'read');
    for (const i of [2, 3, 4, 9]) {
      const pte = peek(at.table, i);
      at.table.poke(i, { pfn: to(0, pte.pfn), bits: to(0, pte.pfn) === 0 ? 0 : pte.bits });
    }
    expect(checked(at)).toEqual(['StaleMapping 2+3 call', 'StaleMapping 9+1 call']);
  });

  it.each([arm, x86])('$name: clean in the table, dirty in the TLB', (arch) => {
    const at = machine(arch, PAGE);
    at.tlb.access(at.base, 'write');
    at.tlb.access(at.base + 1, 'read');
    arch.clearYoungDirtyPtes(at.mm, at.table, 0, 16, { young: true, dirty: true });
    at.tlb.access(at.base, 'write');
    expect(arch.pteDirty(peek(at.table, 0).bits)).toBe(false); // the store left no mark
    expect(checked(at)).toEqual(['LostDirty 0+2 call']); // page 1 was dirty when it was loaded
    arch.flushTlbMm(at.mm);
    at.tlb.access(at.base, 'write');
    expect(checked(at)).toEqual([]);
  });

  it.each([arm, x86])('$name: old in the table, young in the TLB: nothing is wrong', (arch) => {
    const at = machine(arch, PAGE);
    at.tlb.access(at.base, 'write');
    arch.testAndClearYoungPtes(at.mm, at.table, 0, 1);
    at.tlb.access(at.base, 'read');
    expect(arch.pteYoung(peek(at.table, 0).bits)).toBe(false);
    expect(checked(at)).toEqual([]);
  });

  it('what became possible is a risk, no violation', () => {
    const at = machine(arm, PAGE);
    change(at.table, [0, 1], (bits) => arm.pteWrprotect(bits));
    for (const i of [0, 1, 2]) at.tlb.access(at.base + i, 'read');
    change(at.table, [0, 1], (bits) => arm.pteMkwrite(bits));
    at.tlb.check('call');
    expect(at.tlb.takeReport()).toEqual({
      findings: [],
      spuriousFaultRisks: 2,
      toleratedOverlaps: 0,
    });
    expect(at.tlb.access(at.base, 'write')).toBe('permission');
    arm.flushTlbFixSpuriousFault(at.mm, at.base);
    expect(at.tlb.access(at.base, 'write')).toBe('ok');
  });

  it('a store through a clean translation asks the table again', () => {
    const at = machine(arm, PAGE, { dirty: false });
    at.tlb.access(at.base, 'read');
    change(at.table, [0], (bits) => arm.pteWrprotect(bits));
    expect(at.tlb.access(at.base, 'write')).toBe('permission');
    change(at.table, [0], () => 0);
    expect(at.tlb.access(at.base, 'read')).toBe('ok'); // what refused the write still translates
  });
});

describe('invalidation', () => {
  it('any page of a block takes the block, and pages of others stay', () => {
    const at = machine(arm, BLOCK, { nr: 32 });
    at.tlb.access(at.base + 3, 'read');
    at.tlb.access(at.base + 19, 'read');
    arm.flushTlbRange(at.mm, { start: at.base + 15, end: at.base + 16, stride: 1 });
    expect(sizes(at)).toEqual(['16+16']);
  });

  it('single pages of a block stay where one of them goes', () => {
    const at = machine(arm, PAGE);
    for (const i of [3, 4, 5]) at.tlb.access(at.base + i, 'read');
    arm.flushTlbRange(at.mm, { start: at.base + 4, end: at.base + 5, stride: 1 });
    expect(sizes(at)).toEqual(['3+1', '5+1']);
  });

  it('arm64: without a DSB it is not over', () => {
    const at = machine(arm, BLOCK);
    at.tlb.access(at.base, 'read');
    arm.clearFlushYoungPtes(at.mm, at.table, 0, 1);
    expect(sizes(at)).toEqual(['0+16']);
    arm.flushTlbRange(at.mm, { start: at.base + 300, end: at.base + 301, stride: 1 });
    expect(sizes(at)).toEqual([]);
  });

  it.each(['6.18', '6.19'] as const)(
    'arm64 %s: an upgrade on fault flushes its block',
    (kernel) => {
      const arch = arm64({ kernel });
      const at = machine(arch, BLOCK);
      change(at.table, span(0, 16), (bits) => arch.pteWrprotect(bits));
      at.tlb.access(at.base + 1, 'write');
      const pte = peek(at.table, 1);
      const bits = arch.pteMkwrite(arch.pteMkdirty(pte.bits));
      arch.ptepSetAccessFlags(at.mm, at.table, 1, { pfn: pte.pfn, bits }, true);
      expect(at.tlb.access(at.base + 1, 'write')).toBe('ok');
      expect(checked(at)).toEqual([]);
    },
  );

  it('arm64: 512 pages without range operations empty the ASID', () => {
    const at = machine(arm64({ kernel: '7.3', tlbiRange: false }), PAGE);
    at.tlb.access(at.base, 'read');
    const start = at.base + 1024;
    at.arch.flushTlbRange(at.mm, { start, end: start + 511, stride: 1 });
    expect(sizes(at)).toEqual(['0+1']);
    at.arch.flushTlbRange(at.mm, { start, end: start + 512, stride: 1 });
    expect(sizes(at)).toEqual([]);
  });

  it.each([
    [33, ['0+1']],
    [34, []],
  ])('x86-64: %i pages elsewhere leave %o', (pages, left) => {
    const at = machine(x86, PAGE);
    at.tlb.access(at.base, 'read');
    x86.flushTlbRange(at.mm, { start: at.base + 64, end: at.base + 64 + pages, stride: 1 });
    expect(sizes(at)).toEqual(left);
  });

  it('x86-64: one INVLPG per stride, not one per page', () => {
    const at = machine(x86, PAGE);
    for (const i of [0, 1]) at.tlb.access(at.base + i, 'read');
    x86.flushTlbRange(at.mm, { start: at.base, end: at.base + 512, stride: 512 });
    expect(sizes(at)).toEqual(['1+1']);
  });
});

describe('huge mappings', () => {
  function huge(arch: Arch) {
    const entry = makePte();
    arch.pfnPmd(512, rw(arch, true), entry);
    const leaf: HugeLeaf = { entry, base: 1024 };
    const tables: { leaf: ReturnType<TlbPageTables['pmd']> } = { leaf };
    const tlb = new Tlb(arch, { pmd: () => tables.leaf, tlbFlushPending: 0 }, PAGE);
    return { tlb, tables, leaf, mm: { ...testMm(), tlb } };
  }

  it.each([arm, x86])('$name: one entry for all pages', (arch) => {
    const { tlb, leaf } = huge(arch);
    tlb.access(1030, 'write');
    expect(tlb.entries()).toMatchObject([{ vpn: 1024, pages: 512, pfn: 512, level: 'pmd' }]);
    expect(tlb.frame(1535)).toBe(512 + 511);
    leaf.entry.bits = arch.pteWrprotect(leaf.entry.bits);
    tlb.check('call');
    expect(tlb.takeReport().findings).toMatchObject([
      { kind: 'StalePermission', vpn: 1024, pages: 512, cached: 'rw-', mapped: 'r--' },
    ]);
  });

  it('arm64: a hint of another level leaves it, x86-64 has none', () => {
    for (const [arch, left] of [
      [arm, 1],
      [x86, 0],
    ] as const) {
      const { tlb, mm } = huge(arch);
      tlb.access(1030, 'read');
      arch.flushTlbRange(mm, { start: 1024, end: 1030, stride: 1, level: 'pte' });
      expect(tlb.entries()).toHaveLength(left);
      arch.flushPmdTlbRange(mm, 1024);
      expect(tlb.entries()).toEqual([]);
    }
  });

  it('a split without flush overlaps', () => {
    for (const [arch, conflicts] of [
      [arm, 1],
      [x86, 0],
    ] as const) {
      const { tlb, tables } = huge(arch);
      const single = new PteTable(1024, 512);
      map(arch, single, { bits: rw(arch, true), nr: 4, pfn: 512 });
      tables.leaf = single;
      tlb.access(1024, 'read');
      tables.leaf = huge(arch).leaf;
      tlb.access(1030, 'read');
      const { findings: found, toleratedOverlaps } = tlb.takeReport();
      expect([found.length, toleratedOverlaps]).toEqual([conflicts, 1 - conflicts]);
    }
  });
});

describe('frames that become free', () => {
  it('must not be translated to', () => {
    const at = machine(arm, BLOCK);
    at.tlb.access(at.base, 'read');
    at.tlb.frameFreed(PFN + 100, 1);
    expect(findings(at)).toEqual([]);
    at.tlb.frameFreed(PFN + 3, 2);
    expect(findings(at)).toEqual(['StaleMapping 3+2 free']);
  });

  it('under a gather they are checked when it is over', () => {
    const at = machine(arm, BLOCK);
    at.tlb.access(at.base, 'read');
    at.tables.tlbFlushPending = 1;
    at.tlb.frameFreed(PFN, 16);
    at.tables.tlbFlushPending = 0;
    expect(findings(at)).toEqual([]);
    at.tlb.checkFreed();
    at.tlb.checkFreed();
    expect(findings(at)).toEqual(['StaleMapping 0+16 free']);
  });
});
