import type { AddressSpace } from '../address-space.ts';
import { VM_NOHUGEPAGE, VM_SPECIAL } from '../vma/flags.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { collapseAnon } from './anon.ts';
import { collapseFileRange } from './file.ts';
import type { ScanResult } from './scan-result.ts';

/**
 * True if huge pages may be in the VMA at all. The policy of sysfs does not matter for anonymous memory
 * and tmpfs; shared anonymous memory needs its size enabled.
 *
 * @kernel mm/huge_memory.c __thp_vma_allowable_orders (without TVA_ENFORCE_SYSFS)
 */
function allowable(mm: AddressSpace, vma: Vma): boolean {
  if ((vma.flags & (VM_NOHUGEPAGE | VM_SPECIAL)) !== 0) return false;
  const last = mm.pmdBase(vma.end - mm.pmdPages);
  if (last < vma.start) return false;
  if (vmaIsAnonymous(vma)) return vma.anonVma !== null;
  return (vma.start - vma.pgoff) % mm.pmdPages === 0;
}

/** Failures after which the next huge page is tried all the same. */
const GOES_ON: readonly ScanResult[] = [
  'pmd-null',
  'pte-non-present',
  'pte-uffd-wp',
  'page-ro',
  'page-null',
  'page-count',
];

/** What a failure comes to for the caller (`madvise_collapse_errno`). */
function errnoOf(result: ScanResult): 'ENOMEM' | 'EBUSY' | 'EAGAIN' | 'EINVAL' {
  switch (result) {
    case 'alloc-fail':
      return 'ENOMEM';
    case 'exceed-none':
      return 'EBUSY';
    case 'page-count':
      return 'EAGAIN';
    default:
      return 'EINVAL';
  }
}

/**
 * MADV_COLLAPSE of pages [start, end), which lie in one VMA: makes a huge page of each aligned block.
 *
 * @returns the error of the last failure, unless every block is a huge page now. A range that holds no
 *   aligned block is an error too, except if it begins at the start of one.
 * @kernel mm/khugepaged.c madvise_collapse (6.12 .. 7.3)
 */
export function madviseCollapse(
  mm: AddressSpace,
  vma: Vma,
  start: number,
  end: number,
): 'ok' | 'ENOMEM' | 'EBUSY' | 'EAGAIN' | 'EINVAL' {
  if (!allowable(mm, vma)) return 'EINVAL';
  mm.system.lru.drain();
  const first = mm.pmdBase(start + mm.pmdPages - 1);
  const last = mm.pmdBase(end);
  let huge = 0;
  let failure: ScanResult = 'fail';
  for (let base = first; base < last; base += mm.pmdPages) {
    const result = vmaIsAnonymous(vma)
      ? collapseAnon(mm, vma, base)
      : collapseFileRange(mm, vma, base);
    if (result === 'succeed' || result === 'pmd-mapped') {
      huge++;
      continue;
    }
    failure = result;
    if (!GOES_ON.includes(result)) break;
  }
  return huge === (last - first) / mm.pmdPages ? 'ok' : errnoOf(failure);
}
