import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { fork } from '../ops/fork.ts';
import { BASE, mapAnon, pfnOf, RO, span, testMm, touch } from '../testing.fixture.ts';
import { accessPage, fillPage, storeByte } from './access.ts';

const HEAD = 0x10000;
const NO_SIGNAL = { signal: null };

/** Content of the page that page `i` maps. */
function content(mm: AddressSpace, i: number): number {
  return mm.system.memmap.content(pfnOf(mm, BASE + i));
}

describe.each([x86_64({ kernel: '7.2' }), arm64({ kernel: '7.2' })])('$name', (arch) => {
  function mapped(kb?: number): AddressSpace {
    const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
    mapAnon(mm, BASE, BASE + 512);
    return mm;
  }

  it('a store faults the page in once, and it then holds the byte', () => {
    const mm = mapped();
    const { contents } = mm.system.memmap;
    expect(storeByte(mm, BASE, 5, 7)).toEqual({ faults: 1, ...NO_SIGNAL });
    expect(storeByte(mm, BASE, 6, 8)).toEqual({ faults: 0, ...NO_SIGNAL });
    expect(content(mm, 0)).toBe(contents.stored(contents.stored(0, 5, 7), 6, 8));
  });

  it('filling forgets what was there', () => {
    const mm = mapped();
    storeByte(mm, BASE, 5, 7);
    expect(fillPage(mm, BASE, 9)).toEqual({ faults: 0, ...NO_SIGNAL });
    expect(content(mm, 0)).toBe(mm.system.memmap.contents.filled(9));
    fillPage(mm, BASE, 0);
    expect(content(mm, 0)).toBe(0);
  });

  it.each([16, 64, 2048])('in a folio of %i KiB only the page itself changes', (kb) => {
    const mm = mapped(kb);
    storeByte(mm, BASE + 3, 0, 1);
    const { memmap } = mm.system;
    expect(span(0, 16).filter((i) => memmap.content(HEAD + i) > 0)).toEqual([3]);
  });

  it('a copy holds what the page held, and the byte; the page of the other stays', () => {
    const mm = mapped();
    fillPage(mm, BASE, 9);
    const child = fork(mm);
    expect(storeByte(mm, BASE, 0, 1)).toEqual({ faults: 1, ...NO_SIGNAL });
    const { contents } = mm.system.memmap;
    expect(content(mm, 0)).toBe(contents.stored(contents.filled(9), 0, 1));
    expect(content(child, 0)).toBe(contents.filled(9));
  });

  it('a copy of the zero page holds zeroes but for the byte', () => {
    const mm = mapped();
    touch(mm, BASE, BASE + 1, 'read');
    storeByte(mm, BASE, 0, 1);
    const { memmap } = mm.system;
    expect([content(mm, 0), memmap.content(mm.system.zeroPfn)]).toEqual([
      memmap.contents.stored(0, 0, 1),
      0,
    ]);
  });

  it.each([
    ['outside any VMA', 600],
    ['in a read-only VMA', 512],
  ])('a store %s ends with a signal and does nothing', (_, at) => {
    const mm = mapped();
    mapAnon(mm, BASE + 512, BASE + 516, RO);
    touch(mm, BASE + 512, BASE + 513, 'read');
    const signal = { faults: 0, signal: 'SIGSEGV' };
    expect(storeByte(mm, BASE + at, 0, 1)).toEqual(signal);
    expect(fillPage(mm, BASE + at, 1)).toEqual(signal);
    expect(mm.system.memmap.content(mm.system.zeroPfn)).toBe(0);
  });

  it('an access without progress is a mistake of the model', () => {
    const mm = mapped();
    mm.allocTable(BASE);
    const stuck = Object.assign(Object.create(arch) as typeof arch, { setPtes: () => undefined });
    Object.assign(mm.system, { arch: stuck });
    expect(() => accessPage(mm, BASE, 'read')).toThrow(
      `read of page ${BASE} still faults after 8 faults`,
    );
  });
});
