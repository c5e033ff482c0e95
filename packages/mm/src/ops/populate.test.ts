import { arm64, x86_64, type TraceEvent } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { HugePmd } from '../huge/huge-pmd.ts';
import {
  BASE,
  changeBits,
  cost,
  exclusive,
  mapAnon,
  pfnOf,
  present,
  RO,
  span,
  testMm,
  touch,
  writable,
} from '../testing.fixture.ts';
import { fork } from './fork.ts';
import { populateRange } from './populate.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

describe('bringing pages in', () => {
  it.each([x86, arm])('$name: holes get folios of their own', (arch) => {
    const mm = testMm(arch, { kb: [64] });
    mapAnon(mm, BASE, BASE + 64);
    populateRange(mm, BASE, BASE + 40, true);
    expect(writable(mm, BASE, BASE + 64)).toEqual(span(0, 48)); // whole folios
    expect(mm.events.faults).toBe(3);
  });

  it.each([x86, arm])('$name: copy-on-write is broken now', (arch) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4);
    touch(mm, BASE, BASE + 1, 'read');
    touch(mm, BASE + 1, BASE + 4);
    fork(mm);
    populateRange(mm, BASE, BASE + 4, true);
    expect(exclusive(mm, BASE, BASE + 4)).toEqual(span(0, 4));
    expect(pfnOf(mm, BASE)).not.toBe(1);
  });

  it('writable entries cost one read and one page lookup each, also in a batch', () => {
    const mm = testMm(x86, { kb: [64] });
    mapAnon(mm, BASE, BASE + 16);
    touch(mm, BASE);
    cost(mm);
    populateRange(mm, BASE, BASE + 16, true);
    expect(cost(mm)).toEqual({ rawReads: 16, pageLookups: 16 });
  });

  it('a trace tells its lookups apart, and goes on as before', () => {
    const mm = testMm(arm, { kb: [64] });
    mapAnon(mm, BASE, BASE + 32);
    touch(mm, BASE);
    const seen: TraceEvent[] = [];
    const sink = (event: TraceEvent): void => {
      seen.push(event);
    };
    mm.trace = sink;
    populateRange(mm, BASE, BASE + 2, true);
    expect(seen).toEqual(
      [0, 1].flatMap((page) => [
        { fn: 'contpte_ptep_get', vpn: BASE + page, caller: 'follow_page_pte' },
        { fn: 'vm_normal_page', pfn: pfnOf(mm, BASE + page), caller: 'follow_page_pte' },
      ]),
    );
    populateRange(mm, BASE + 16, BASE + 17, true);
    expect(seen.slice(-3)).toMatchObject([
      { fn: 'contpte_set_ptes', vpn: BASE + 16, nr: 16 },
      { fn: 'contpte_ptep_get', vpn: BASE + 16, caller: 'follow_page_pte' },
      { fn: 'vm_normal_page', pfn: pfnOf(mm, BASE + 16), caller: 'follow_page_pte' },
    ]);
    expect(mm.trace).toBe(sink);
  });

  it('a writable huge page is passed over, a read-only one made writable', () => {
    const mm = testMm(x86, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE);
    touch(mm, BASE + 512);
    const second = mm.pmd(BASE + 512);
    if (second instanceof HugePmd) second.entry.bits = x86.pteWrprotect(second.entry.bits);
    cost(mm);
    populateRange(mm, BASE + 100, BASE + 1024, true);
    expect(cost(mm)).toEqual({ faults: 1, rawWrites: 1 });
    expect(writable(mm, BASE, BASE + 1024)).toHaveLength(1024);
  });

  it('stops where a fault fails', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 4);
    mapAnon(mm, BASE + 4, BASE + 8, RO);
    populateRange(mm, BASE, BASE + 12, true);
    expect(present(mm, BASE, BASE + 12)).toEqual(span(0, 4));
  });

  it('exclusive read-only pages are kept', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 4);
    touch(mm, BASE, BASE + 4);
    changeBits(mm, span(BASE, BASE + 4), (bits) => x86.pteWrprotect(bits));
    populateRange(mm, BASE, BASE + 4, true);
    expect([writable(mm, BASE, BASE + 4), pfnOf(mm, BASE + 3)]).toEqual([span(0, 4), 0x10003]);
  });
});
