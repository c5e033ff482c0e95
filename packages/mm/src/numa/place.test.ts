import { arm64 } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { splitHugePmd } from '../huge/split.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { BASE, mapAnon, pfnOf, testMm, touch, writtenMm } from '../testing.fixture.ts';
import { placeOnNode } from './place.ts';

const arm = arm64({ kernel: '7.2' });

it('a folio lies on one node: part of it takes all of it along', () => {
  const mm = writtenMm(arm, 64, 32);
  placeOnNode(mm, BASE + 20, BASE + 21, 3);
  const nodes = [0, 15, 16, 31].map((at) => mm.system.memmap.node(pfnOf(mm, BASE + at)));
  expect(nodes).toEqual([0, 0, 3, 3]);
});

it('what maps nothing is passed over', () => {
  const mm = testMm(arm);
  mapAnon(mm, BASE, BASE + 1024);
  touch(mm, BASE + 1);
  placeOnNode(mm, BASE, BASE + 1024, 2);
  expect(mm.system.memmap.node(pfnOf(mm, BASE + 1))).toBe(2);
});

it('a huge page keeps its node when it is split', () => {
  const mm = writtenMm(arm, 2048, 512);
  placeOnNode(mm, BASE + 5, BASE + 6, 1);
  const pmd = mm.pmd(BASE);
  if (pmd instanceof HugePmd) splitHugePmd(mm, pmd);
  expect([0, 511].map((at) => mm.system.memmap.node(pfnOf(mm, BASE + at)))).toEqual([1, 1]);
});
