import { FPB_RESPECT_SOFT_DIRTY, FPB_RESPECT_WRITE } from '@ptelab/mm';
import type { Arch, Pte } from '@ptelab/pte';
import { walkMutant, x86 } from './make.ts';
import type { Mutant } from './mutant.ts';
import { alikeForMprotect, scanBatch, withoutPermissions } from './scan.ts';
import { batchWith } from './steps.ts';

/*
 * Batches that are found wrongly: entries together that differ in what the change decides by, or
 * entries that do not belong to the range or the folio.
 */

const WRITE_IGNORED = {
  steps: { batch: batchWith(FPB_RESPECT_SOFT_DIRTY) },
  // The batch is judged by its first entry, which does not change: nothing is flushed.
  smallest: x86('mmap 0 2 rw anon', 'entries 0 A=1 A0:dy A1:wdy', 'mprotect 0 2 r'),
};

function alikeButUffdWp(arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  const clear = ({ pfn, bits }: Readonly<Pte>): Pte => ({ pfn, bits: arch.pteClearUffdWp(bits) });
  return alikeForMprotect(arch, clear(a), clear(b));
}

function alikeButProtnone(arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  if (arch.pteProtnone(a.bits) === arch.pteProtnone(b.bits)) return alikeForMprotect(arch, a, b);
  const sameWrite = arch.pteWrite(a.bits) === arch.pteWrite(b.bits);
  return sameWrite && withoutPermissions(arch, a) === withoutPermissions(arch, b);
}

function alikeButExecAndPkey(arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  if (arch.pteProtnone(a.bits) !== arch.pteProtnone(b.bits)) return false;
  const sameWrite = arch.pteWrite(a.bits) === arch.pteWrite(b.bits);
  return sameWrite && withoutPermissions(arch, a) === withoutPermissions(arch, b);
}

const FOUR = 'entries 0 A=2 A0:wy A1:wy A2:wy A3:wy';

/** See the head of this file. */
export const BATCH_DETECTION: readonly Mutant[] = [
  walkMutant({
    id: 'B3',
    summary: 'write permission is ignored in a batch: a flush is missed',
    source: 'mprotect batching v3 and v4, found in review by Ryan Roberts',
    ...WRITE_IGNORED,
  }),
  walkMutant({
    id: 'M1',
    summary: 'soft-dirty is ignored in a batch',
    source: 'folio_pte_batch without FPB_RESPECT_SOFT_DIRTY',
    steps: { batch: batchWith(FPB_RESPECT_WRITE) },
    // Page 1 loses its soft-dirty bit to that of page 0.
    smallest: x86(
      'mmap 0 2 rw anon',
      'clear_refs 4',
      'entries 0 A=1 A0:wdy A1:wys',
      'mprotect 0 2 r',
    ),
  }),
  walkMutant({
    id: 'M5',
    summary: 'the batch is not clamped to the range',
    source: 'maximum of folio_pte_batch',
    steps: { batch: scanBatch({ max: ({ table }, _page, index) => table.length - index }) },
    // Pages 2 and 3 change as well.
    smallest: x86('mmap 0 4 rw anon', FOUR, 'mprotect 0 2 r'),
  }),
  walkMutant({
    id: 'M6',
    summary: 'FPB_RESPECT_WRITE is forgotten',
    source: 'folio_pte_batch without FPB_RESPECT_WRITE: B3 once more',
    ...WRITE_IGNORED,
  }),
  walkMutant({
    id: 'M7',
    summary: 'the userfaultfd marker is ignored in a batch',
    source: 'comparison of folio_pte_batch',
    steps: { batch: scanBatch({ alike: alikeButUffdWp }) },
    // Page 1 loses its marker and becomes writable.
    smallest: x86(
      'mmap 0 2 r anon',
      'uffd async',
      'uffd_reg 0 2',
      'entries 0 A=1 A0:y A1:yu',
      'mprotect 0 2 rw',
    ),
  }),
  walkMutant({
    id: 'M8',
    summary: 'the batch is clamped to the size of the folio, not to the range',
    source: 'remark in the review of v4: the size of a folio says nothing about its mapping',
    steps: {
      batch: scanBatch({ max: ({ mm }, page) => mm.system.memmap.folioNrPages(page) }),
    },
    smallest: x86('mmap 0 4 rw anon', FOUR, 'mprotect 0 2 r'),
  }),
  walkMutant({
    id: 'M9',
    summary: 'a batch goes on into the next folio if its frames follow',
    source: 'folio_pte_batch without the end of the folio',
    steps: {
      batch: scanBatch({ crossesFolios: true }),
      skip: scanBatch({ crossesFolios: true }),
    },
    // A is shared and left alone; B goes with it and gets no hints.
    smallest: x86(
      'mmap 0 4 rw anon',
      'entries 0 A=1,pfn:256,shared B=1,pfn:258 A0:y A1:y B0:y B1:y',
      'node 0 4 1',
      'numa_scan 0 4',
    ),
  }),
  walkMutant({
    id: 'M19',
    summary: 'PROT_NONE entries are batched with others',
    source: 'comparison of folio_pte_batch',
    steps: { batch: scanBatch({ alike: alikeButProtnone }) },
    // Page 0 has a NUMA hint, which needs no flush; page 1, which does, gets none.
    smallest: x86(
      'mmap 0 2 r anon',
      'entries 0 A=1 A0:y A1:y',
      'node 0 2 1',
      'numa_scan 0 1',
      'mprotect 0 2 rw',
    ),
  }),
  walkMutant({
    id: 'M20',
    summary: 'execute permission and protection key are ignored in a batch',
    source: 'comparison of folio_pte_batch',
    steps: { batch: scanBatch({ alike: alikeButExecAndPkey }) },
    invisible:
      'entries of one VMA never differ in them here: every change gives the VMA’s to all of its entries',
  }),
  walkMutant({
    id: 'M27+batch',
    summary: 'frames of PROT_NONE entries are compared as they are stored, inverted on x86-64',
    source: 'pte_advance_pfn by a plain addition, in the scan',
    steps: { batch: scanBatch({ alike: alikeOnlyIfPresent }) },
    invisible: 'no PROT_NONE entry is batched: more calls, and every entry as if it were alone',
  }),
];

function alikeOnlyIfPresent(arch: Arch, a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  return !arch.pteProtnone(a.bits) && alikeForMprotect(arch, a, b);
}
