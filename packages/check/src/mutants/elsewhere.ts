import { changeSoftleafPte } from '@ptelab/mprotect';
import { makePte } from '@ptelab/pte';
import { walkMutant, x86 } from './make.ts';
import type { Mutant } from './mutant.ts';

/*
 * Mistakes outside the change of present entries: in non-present ones, in mremap, in the merging of
 * VMAs; and those that no state of this model shows.
 */

function block(first: number, letters: string): string {
  return Array.from({ length: 16 }, (_, i) => `A${first + i}:${letters}`).join(' ');
}

/** See the head of this file. */
export const ELSEWHERE: readonly Mutant[] = [
  {
    id: 'B4',
    summary: 'a batch that mremap moves takes the write permission of its first entry',
    source: 'mm/mremap.c, 6.17-rc1 (f822a9a81a31), fixed in 6.18 and 6.17 stable',
    features: { mremapRespectsWrite: false },
    // The second contiguous block is shared, and becomes writable.
    smallest: {
      arch: 'arm64',
      lines: [
        'mmap 0 32 rw anon',
        `entries 0 A=5,exclusive:${'1'.repeat(16)}${'0'.repeat(16)} ${block(0, 'wdyc')} ${block(16, 'dyc')}`,
        'mremap 0 32 64',
      ],
    },
  },
  {
    id: 'B5',
    summary: 'folio_pte_batch takes an empty entry for the page behind the folio',
    source: 'mm/internal.h folio_pte_batch up to 6.14, on Xen PV',
    invisible: 'needs a translation of frames that returns 0: no machine here has one',
  },
  {
    id: 'B6',
    summary: 'a write fault reuses a page of a large folio, as up to 6.14 it never did',
    source: 'mm/memory.c do_wp_page (6.15)',
    invisible: 'no mistake of a kernel: releases differ, and each is right by its own rules',
  },
  {
    id: 'B7',
    summary: 'VM_SOFTDIRTY of a neighbour is lost when VMAs merge',
    source: 'mm/vma.c up to 6.18, fixed in 6.19',
    features: { stickyVmaFlags: false },
    // Page 0 is of a VMA that counts as soft-dirty as a whole; after the merge it does not.
    smallest: x86('mmap 1 1 r anon', 'clear_refs 4', 'mmap 0 1 rw anon', 'mprotect 1 1 rw'),
  },
  walkMutant({
    id: 'M23',
    summary: 'a writable migration entry of anonymous memory loses its exclusiveness',
    source: 'change_softleaf_pte',
    softleaf: (range, index, pte) => {
      const { arch, mm, table } = range;
      const entry = arch.decodeNonPresent(pte);
      if (entry.kind !== 'migration-write') return changeSoftleafPte(range, index, pte);
      const changed = makePte();
      arch.encodeNonPresent({ ...entry, kind: 'migration-read' }, changed);
      arch.setPtes(mm, table, index, changed, 1);
      return 1;
    },
    smallest: x86('mmap 0 1 rw anon', 'entries 0 A=0 migration-write:A0', 'mprotect 0 1 r'),
  }),
  walkMutant({
    id: 'M24',
    summary: 'markers are cleared',
    source: 'change_softleaf_pte without the test for userfaultfd',
    softleaf: (range, index, pte) => {
      const { arch, mm, table } = range;
      if (arch.decodeNonPresent(pte).kind !== 'marker') return changeSoftleafPte(range, index, pte);
      arch.pteClear(mm, table, index);
      return 1;
    },
    // A guard region vanishes.
    smallest: x86('mmap 0 1 rw anon', 'entries 0 guard', 'mprotect 0 1 r'),
  }),
  {
    id: 'M28',
    summary: 'pages are counted twice if the table vanishes under the walk and it starts again',
    source: 'change_pmd_range, -EAGAIN',
    invisible: 'one thread at a time: no table vanishes under a walk here',
  },
  {
    id: 'M29',
    summary: 'a judge that wants soft-dirty as if each entry were changed alone',
    source: 'a mistake in the judging: x86-64 kernels do spread it',
    invisible: 'no mistake of a strategy; merged must pass on x86-64 with soft-dirty tracking',
  },
];
