import { PAGE_KIND } from '@ptelab/folio';
import { expect, it } from 'vitest';
import type { DumpStep } from '../recording/types.ts';
import { FolioOrders, recordedPage, recordedZeroPfn, type RecordedPage } from './dump-pages.ts';

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** A dump of one page with these kpageflags bits. */
function dumpOf(pfn: number, kpageflags: readonly number[], flags = 0): DumpStep {
  const bits = kpageflags.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
  return {
    t: 'dump',
    label: 'd',
    mm: 'self',
    off: 0,
    n: 1,
    pmd: [hex(1n)],
    pte: [hex(1n)],
    // Present, soft-dirty: bits that must not leak into the frame number.
    pagemap: [hex((1n << 63n) | (1n << 55n) | BigInt(pfn))],
    kpageflags: [hex(bits)],
    pgflags: [hex(BigInt(flags))],
    kpagecount: [1],
    mapcount: [0],
    anon_excl: [1],
  };
}

it.each([
  ['anonymous', [12], PAGE_KIND.ANON],
  ['a file page', [], PAGE_KIND.FILE],
  ['KSM', [12, 21], PAGE_KIND.KSM],
  ['the zero page', [24], PAGE_KIND.ZERO],
  ['the huge zero page', [22, 24], PAGE_KIND.HUGE_ZERO],
] as const)('kpageflags tell %s', (_, bits, kind) => {
  expect(recordedPage(dumpOf(0x12345, bits), 0)).toMatchObject({ pfn: 0x12345, kind });
});

it('a page without frame has no struct page', () => {
  const dump = { ...dumpOf(1, [12]), pagemap: [hex(1n)] };
  expect(recordedPage(dump, 0)).toBeNull();
});

it('the zero page is found in any dump', () => {
  expect(recordedZeroPfn([dumpOf(5, [12]), dumpOf(9, [24])])).toBe(9);
  expect(recordedZeroPfn([dumpOf(5, [12])])).toBeUndefined();
});

function page(pfn: number, compound: RecordedPage['compound'], flags: number | null): RecordedPage {
  return {
    pfn,
    kind: PAGE_KIND.ANON,
    compound,
    flags,
    anonExclusive: true,
    mapcount: 1,
  };
}

it("a folio's order stands in the low byte of its second page's flags", () => {
  const orders = new FolioOrders();
  orders.learn([page(0x40, 'head', 0), page(0x41, 'tail', 0xabc04), page(0x42, 'tail', 0)]);
  expect(orders.orderOf(0x40)).toBe(4);
  expect(orders.orderOf(0x4f)).toBe(4);
  expect(orders.orderOf(0x50)).toBeNull();
});

it('an order is remembered while the second page is not mapped, and forgotten after a split', () => {
  const orders = new FolioOrders();
  orders.learn([page(0x41, 'tail', 4)]);
  orders.learn([page(0x40, 'head', 0), null, page(0x42, 'tail', 0)]);
  expect(orders.orderOf(0x42)).toBe(4);
  orders.learn([page(0x40, 'single', 0)]);
  expect(orders.orderOf(0x42)).toBeNull();
});
