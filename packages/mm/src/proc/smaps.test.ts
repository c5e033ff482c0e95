import { x86_64 } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { fork } from '../ops/fork.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { mlock } from '../ops/mlock.ts';
import { BASE, RW, testMm, touch, vmaAt } from '../testing.fixture.ts';
import { smapsFigures } from './smaps.ts';

const arch = x86_64({ kernel: '6.18', softDirty: false });

it('counts pages of a VMA, and shares of pages that others map, too', () => {
  const mm = testMm(arch);
  mmapFixed(mm, { start: BASE, nr: 16, prot: RW, shared: false, file: null });
  touch(mm, BASE, BASE + 3, 'write');
  touch(mm, BASE + 8, BASE + 10, 'read'); // the zero page is nobody's
  fork(mm);
  touch(mm, BASE, BASE + 1, 'write');
  expect(smapsFigures(mm, vmaAt(mm, BASE))).toMatchObject({
    Rss: 12,
    Pss: 8,
    Anonymous: 12,
    Private_Dirty: 4,
    Shared_Dirty: 8,
    Private_Clean: 0,
    Locked: 0,
  });
});

it('counts huge pages and what is locked', () => {
  const mm = testMm(arch);
  mm.system.thp.set(2048, 'always');
  mmapFixed(mm, { start: BASE, nr: 512, prot: RW, shared: false, file: null });
  mlock(mm, BASE, BASE + 512);
  expect(smapsFigures(mm, vmaAt(mm, BASE))).toMatchObject({
    Rss: 2048,
    AnonHugePages: 2048,
    Locked: 2048,
    LazyFree: 0,
  });
});
