import { arm64 } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, RW, SHMEM, testMm, vmaAt } from '../testing.fixture.ts';
import { changeVmaFlags } from './change-flags.ts';
import { VM_UFFD_MISSING, VM_UFFD_WP } from './flags.ts';
import { userfaultfdWpAsync, userfaultfdWpUseMarkers } from './userfaultfd.ts';

const arm = arm64({ kernel: '7.2' });
const NONE = { wpAsync: false, wpUnpopulated: false };

it.each([
  // VMA, flag, features of the userfaultfd: markers, async
  ['anonymous', VM_UFFD_WP, NONE, false, false],
  ['anonymous', VM_UFFD_WP, { ...NONE, wpUnpopulated: true }, true, false],
  ['anonymous', VM_UFFD_WP, { ...NONE, wpAsync: true }, false, true],
  ['anonymous', VM_UFFD_MISSING, { wpAsync: true, wpUnpopulated: true }, false, false],
  ['anonymous', VM_UFFD_WP, null, false, false],
  ['shmem', VM_UFFD_WP, NONE, true, false],
  ['shmem', VM_UFFD_WP, { wpAsync: true, wpUnpopulated: true }, true, true],
  ['shmem', VM_UFFD_WP, null, true, false],
  ['shmem', VM_UFFD_MISSING, NONE, false, false],
] as const)('%s, flag %i, features %o: markers %s, async %s', (memory, flag, features, m, a) => {
  const mm = testMm(arm);
  const shared = memory === 'shmem';
  mmapFixed(mm, { start: BASE, nr: 4, prot: RW, shared, file: shared ? SHMEM : null });
  if (features !== null) mm.userfaultfds.set(7, features);
  changeVmaFlags(mm, BASE, BASE + 4, { set: flag, clear: 0, uffd: 7 });
  const vma = vmaAt(mm, BASE);
  expect([userfaultfdWpUseMarkers(mm, vma), userfaultfdWpAsync(mm, vma)]).toEqual([m, a]);
});
