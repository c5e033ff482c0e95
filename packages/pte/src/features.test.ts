import { expect, it } from 'vitest';
import { arm64 } from './arm64/arm64.ts';
import {
  KERNEL_RELEASES,
  kernelFeatures,
  type KernelFeatures,
  type KernelRelease,
} from './features.ts';
import { x86_64 } from './x86/x86.ts';

/** First and last release of each feature, in the order of KERNEL_RELEASES. */
const SINCE: readonly [keyof KernelFeatures, KernelRelease][] = [
  ['pmdModifyKeepsDirty', '6.16'],
  ['batchClampsToFolio', '6.16'],
  ['reuseLargeAnon', '6.16'],
  ['guardMarkers', '6.16'],
  ['maybeMappedShared', '6.16'],
  ['contpteGetEarlyExit', '6.17-rc1'],
  ['modifyProtRange', '6.17-rc1'],
  ['bbml2Noabort', '6.17-rc1'],
  ['mremapBatches', '6.17-rc1'],
  ['mremapRespectsWrite', '6.17'],
  ['guardVmaFlag', '6.18'],
  ['arm64NeedsFlush', '6.19'],
  ['localFlushOnFault', '6.19'],
  ['stickyVmaFlags', '6.19'],
  ['numaProtnoneFirst', '6.19'],
  ['numaSkipsPinned', '6.19'],
  ['numaFiltersPmd', '6.19'],
  ['youngRange', '7.1'],
  ['setPtesSkipsInvalid', '7.3'],
];
const UNTIL: readonly [keyof KernelFeatures, KernelRelease][] = [
  ['mkcontSetsType', '6.12'],
  ['devmapBit', '6.16'],
  ['fullFlushSyncsTwice', '6.19'],
];

it.each(SINCE)('%s is there from %s on', (name, first) => {
  const from = KERNEL_RELEASES.indexOf(first);
  const has = KERNEL_RELEASES.map((release) => kernelFeatures(release)[name]);
  expect(has).toEqual(KERNEL_RELEASES.map((_, i) => i >= from));
});

it.each(UNTIL)('%s is there up to %s', (name, last) => {
  const to = KERNEL_RELEASES.indexOf(last);
  const has = KERNEL_RELEASES.map((release) => kernelFeatures(release)[name]);
  expect(has).toEqual(KERNEL_RELEASES.map((_, i) => i <= to));
});

it('only 6.16 to 6.18 compare gathered access flags: 6.12 has the stable fix', () => {
  const without = KERNEL_RELEASES.filter((release) => !kernelFeatures(release).accessFlagsRawNoop);
  expect(without).toEqual(['6.16', '6.17-rc1', '6.17', '6.18']);
});

it('6.12 sets four swap types aside for device memory, later kernels three', () => {
  const types = KERNEL_RELEASES.map((release) => kernelFeatures(release).deviceSwapTypes);
  expect(types).toEqual([4, 3, 3, 3, 3, 3, 3, 3, 3]);
});

it('a machine may have a rule changed; the release keeps its own', () => {
  const features = { stickyVmaFlags: false };
  for (const arch of [arm64({ kernel: '7.2', features }), x86_64({ kernel: '7.2', features })]) {
    expect(arch.features).toEqual({ ...kernelFeatures('7.2'), stickyVmaFlags: false });
  }
  expect(kernelFeatures('7.2').stickyVmaFlags).toBe(true);
});
