import { arm64, PteTable, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BASE, mapAnon, testMm, touch } from '../testing.fixture.ts';
import { vmaAdjustTransHuge } from './adjust.ts';
import { HugePmd } from './huge-pmd.ts';

const machines = [x86_64({ kernel: '7.3' }), arm64({ kernel: '7.3' })];

describe.each(machines)('$name: a VMA boundary', (arch) => {
  it.each([
    [0, false],
    [1, true],
    [511, true],
    [512, false],
  ])('at page %i of a huge page splits it: %s', (at, split) => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE);
    expect(mm.pmd(BASE)).toBeInstanceOf(HugePmd);
    vmaAdjustTransHuge(mm, BASE + at);
    expect(mm.pmd(BASE)).toBeInstanceOf(split ? PteTable : HugePmd);
    expect(mm.events.pmdSplits).toBe(split ? 1 : 0);
  });

  it('does nothing to a table, or where nothing is mapped', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE);
    vmaAdjustTransHuge(mm, BASE + 5);
    vmaAdjustTransHuge(mm, BASE + 517);
    expect(mm.events.pmdSplits).toBe(0);
  });
});
