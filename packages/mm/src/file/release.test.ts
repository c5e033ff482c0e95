import { PAGE_KIND } from '@ptelab/folio';
import { x86_64 } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { exitMmap, fork } from '../ops/fork.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { munmap } from '../ops/munmap.ts';
import { BASE, pfnOf, RW, testMm, touch } from '../testing.fixture.ts';
import { BackedFile, type FileSystem } from './backed-file.ts';

it.each<[FileSystem['kind'], FileSystem, boolean]>([
  ['shared-anonymous', { kind: 'shared-anonymous' }, true],
  ['tmpfs', { kind: 'tmpfs', huge: 'never' }, false],
])('pages of %s memory go with its last mapping, in whatever process: %o %s', (_, fs, go) => {
  const mm = testMm(x86_64({ kernel: '6.18' }));
  const file = new BackedFile('f', fs, 16);
  mmapFixed(mm, { start: BASE, nr: 16, prot: RW, shared: true, file });
  touch(mm, BASE);
  const pfn = pfnOf(mm, BASE);
  const { memmap } = mm.system;
  const child = fork(mm);
  munmap(mm, BASE, BASE + 16);
  expect(memmap.pageKind(pfn)).toBe(PAGE_KIND.FILE);
  exitMmap(child);
  expect(memmap.pageKind(pfn) === PAGE_KIND.FREE).toBe(go);
});
