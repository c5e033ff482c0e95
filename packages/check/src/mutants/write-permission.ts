import { isShared, maybeChangePteWritable, NO_PAGE } from '@ptelab/mm';
import type { PteRange } from '@ptelab/mprotect';
import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from '@ptelab/pte';
import { walkMutant, x86 } from './make.ts';
import type { Mutant } from './mutant.ts';
import { RIGHT, type Decision } from './steps.ts';

/*
 * Write permission given where it must not be: by the flags of the wrong page, without one of the
 * tests, or by the wrong protection.
 */

function isAnon({ mm }: PteRange, page: number): boolean {
  return page !== NO_PAGE && mm.system.memmap.isAnon(page);
}

/** The decision for private memory by `test`; shared memory is decided as it should be. */
function privateBy(
  test: (range: PteRange, page: number) => Decision,
): (range: PteRange, page: number) => Decision {
  return (range, page) => (isShared(range.vma) ? RIGHT.decide(range, page) : test(range, page));
}

/** The template that the VMA had if it was readable and writable before. */
function oldTemplate({ arch, vma, newprot, protNuma }: PteRange): number {
  if (protNuma) return newprot;
  const writeNotify = vma.file?.canWriteback === true || vma.file?.pageMkwrite === true;
  const flags = (vma.flags & (VM_EXEC | (writeNotify ? 0 : VM_SHARED))) | VM_READ | VM_WRITE;
  return arch.vmGetPageProt(flags, { pkey: vma.pkey });
}

/** Page of the run that starts `done` entries into the batch, if each run before counted for one. */
function runsBefore(range: PteRange, first: number, done: number, nr: number): number {
  let runs = 0;
  for (let at = 0; at < done; runs++) at += RIGHT.run(range, first + runs, 0, nr - at).length;
  return runs;
}

const THREE = 'entries 0 A=2,exclusive:1101 A0:y A1:y A2:y';

/** See the head of this file. */
export const WRITE_PERMISSION: readonly Mutant[] = [
  walkMutant({
    id: 'B1',
    summary: 'exclusive flags are read from the head of the folio on, wherever the batch starts',
    source: 'mprotect batching v4; 6.17-rc1 (cac1db8c3aad), fixed by cf1b80dc31a1',
    steps: {
      firstPage: ({ mm }, page) => mm.system.memmap.folioHead(page),
    },
    // Page 1 of the folio is shared, page 0 is exclusive and not mapped here.
    smallest: x86('mmap 0 1 r anon', 'entries 0 A=1,exclusive:10 A1:y', 'mprotect 0 1 rw'),
  }),
  walkMutant({
    id: 'B8',
    summary: 'three answers made from one condition: maybe becomes yes',
    source: 'a remark in the review of mprotect batching v4',
    steps: {
      decide: privateBy((range, page) =>
        RIGHT.decide(range, page) === 'by-page' ? 'all' : 'none',
      ),
    },
    smallest: x86('mmap 0 1 r anon', 'entries 0 A=0,exclusive:0 A0:y', 'mprotect 0 1 rw'),
  }),
  walkMutant({
    id: 'B9',
    summary: 'entries that are writable already are tested too',
    source: 'mprotect batching v3',
    steps: { upgrades: (range) => range.tryChangeWritable },
    invisible: 'giving write permission twice changes no bit; only work is wasted',
  }),
  walkMutant({
    id: 'M2',
    summary: 'the exclusive flag of the first page counts for the whole batch',
    source: 'commit_anon_folio_batch without the loop',
    steps: {
      run: (range, first, done, nr) => ({
        length: nr - done,
        writable: RIGHT.run(range, first, done, nr).writable,
      }),
    },
    smallest: x86('mmap 0 2 r anon', 'entries 0 A=1,exclusive:10 A0:y A1:y', 'mprotect 0 2 rw'),
  }),
  walkMutant({
    id: 'M3',
    summary: 'the page index is not advanced after a run',
    source: 'loop of commit_anon_folio_batch',
    steps: { run: (range, first, done, nr) => RIGHT.run(range, first, 0, nr - done) },
    // The second run looks at page 0 again: page 2 becomes writable.
    smallest: x86('mmap 0 3 r anon', THREE, 'mprotect 0 3 rw'),
  }),
  walkMutant({
    id: 'M3+1',
    summary: 'the page index is advanced by one after a run, whatever its length',
    source: 'loop of commit_anon_folio_batch',
    steps: {
      run: (range, first, done, nr) =>
        RIGHT.run(range, first + runsBefore(range, first, done, nr), 0, nr - done),
    },
    // The second run looks at page 1: page 2 becomes writable.
    smallest: x86('mmap 0 4 r anon', `${THREE} A3:y`, 'mprotect 0 4 rw'),
  }),
  walkMutant({
    id: 'M7+test',
    summary: 'the userfaultfd marker does not keep an entry from becoming writable',
    source: 'maybe_change_pte_writable without its last test',
    steps: {
      decide: privateBy((range, page) => {
        const { arch, mm, vma } = range;
        const bits = arch.pteClearUffdWp(range.new.bits);
        return isAnon(range, page) && maybeChangePteWritable(mm, vma, bits) ? 'by-page' : 'none';
      }),
    },
    smallest: x86(
      'mmap 0 1 r anon',
      'uffd async',
      'uffd_reg 0 1',
      'entries 0 A=0 A0:yu',
      'mprotect 0 1 rw',
    ),
  }),
  walkMutant({
    id: 'M17',
    summary: 'the exclusive flag is read of private file pages, where it means nothing',
    source: 'set_write_prot_commit_flush_ptes without the test for anonymous memory',
    steps: {
      decide: privateBy(({ mm, vma, new: new_ }, page) =>
        page !== NO_PAGE && maybeChangePteWritable(mm, vma, new_.bits) ? 'by-page' : 'none',
      ),
    },
    // The page cache becomes writable.
    smallest: x86(
      'file f /mnt/f 1',
      'mmap 0 1 r private f',
      'entries 0 A=0,file,exclusive:1 A0:y',
      'mprotect 0 1 rw',
    ),
  }),
  walkMutant({
    id: 'M18',
    summary: 'an entry without a page counts as exclusive',
    source: 'a null folio taken for maybe, and that for yes',
    steps: {
      decide: privateBy((range, page) => {
        const { mm, vma } = range;
        if (page !== NO_PAGE) return RIGHT.decide(range, page);
        return maybeChangePteWritable(mm, vma, range.new.bits) ? 'all' : 'none';
      }),
    },
    // The shared zero page becomes writable.
    smallest: x86('mmap 0 1 r anon', 'entries 0 zero', 'mprotect 0 1 rw'),
  }),
  walkMutant({
    id: 'M21',
    summary: 'write permission is given back although nobody asked for it',
    source: 'MM_CP_TRY_CHANGE_WRITABLE and VM_WRITE not looked at',
    steps: {
      upgrades: ({ arch, new: new_, protNuma }) => !protNuma && !arch.pteWrite(new_.bits),
      decide: privateBy((range, page) => (isAnon(range, page) ? 'by-page' : 'none')),
    },
    smallest: x86('mmap 0 1 rw anon', 'entries 0 A=0 A0:wy', 'mprotect 0 1 r'),
  }),
  walkMutant({
    id: 'M22',
    summary: 'the new protection is taken from the VMA before it has it',
    source: 'change_protection called before vma_set_page_prot',
    steps: {
      modify: (range) => {
        range.arch.pteModify(range.old, oldTemplate(range), range.new);
        range.new.bits = range.applyUffd(range.new.bits);
      },
    },
    // Shared memory keeps its write permission.
    smallest: x86('mmap 0 1 rw shanon', 'entries 0 A=0,file A0:wdy', 'mprotect 0 1 r'),
  }),
];
