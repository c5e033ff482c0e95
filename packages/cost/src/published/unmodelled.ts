import type { UnmodelledRow } from './row.ts';

const NOT_MPROTECT = 'another system call: the prices here are of protection changes';
const CONTENTION = 'many CPUs at once: the model has one';

/** Published figures that the model can't compute, and why. */
export const UNMODELLED: readonly UnmodelledRow[] = [
  {
    source: 'L. Yang, 13 Feb 2026',
    what: '"also present" on Rome, Milan-X, Bergamo, Altra under KVM, i7-6820HQ',
    why: 'no figures; 6.17 rows of the Zen 3 table beyond 4000 KiB could not be retrieved',
  },
  {
    source: 'L. Yang, 30 Mar 2026',
    what: 'libMicro on EPYC 7351, 7542, 7702, Xeon 6126, 6330, 6530, 8351N, i7-6820HQ, Power10',
    why: 'no prices for these machines',
  },
  {
    source: 'P. Falcato, 18 Feb 2026',
    what: 'prefetch of the next entry, Zen 5: 5 %',
    why: 'the model has no caches; range, kernel and CPU are not stated',
  },
  {
    source: 'P. Falcato, v1 and v2, 19 and 24 Mar 2026',
    what: '85967; 82402; 86776; 86463; 73374 ns, patch by patch',
    why: 'inlining that was not merged in that form; v3, which was, is a row above',
  },
  {
    source: 'Chengfeng Lin, 18 and 22 May 2026',
    what: '64 MiB shared dirty under QEMU/KVM: 346.8 -> 578.1 ns and others',
    why: 'unknown host, ten times the time of bare metal; the author retired part of it',
  },
  {
    source: 'Chengfeng Lin, 23 Jun 2026',
    what: 'i7-14700: mm-unstable, 6.18.19',
    why: 'no release that the model has',
  },
  {
    source: 'measured for this model, 23 Nov 2026',
    what: 'huge mappings on Zen 4: 0.5 ns a page',
    why: 'changes of whole huge mappings are not priced',
  },
  {
    source: 'Zhang Qilong, 30 Jul 2025',
    what: 'libMicro mprot_tw4m, arm64: 22 -> 17 us by aligning the mapping',
    why: 'CPU and share of huge mappings not stated',
  },
  {
    source: 'LKP, 24 Jul 2024',
    what: 'stress-ng.mprotect: -12.3 %',
    why: 'a change of uprobes, not of mprotect',
  },
  {
    source: 'M. Lenczewski, v8',
    what: 'the whole benchmark of contpte_convert: +12 %',
    why: 'what else the benchmark does is not stated',
  },
  { source: 'D. Jain, mremap batching, 6 May 2025', what: 'M3: 1.9 -> 1.2 s', why: NOT_MPROTECT },
  {
    source: 'D. Jain, unmapping of large folios, 10 Apr 2026',
    what: 'M3: 37.40 -> 17.42 ms; x86: 54.99 -> 51.93 ms',
    why: NOT_MPROTECT,
  },
  {
    source: 'R. Roberts, contpte v4, 18 Dec 2023, and v5, 2 Feb 2024',
    what: 'Altra and M2: kernel build, fork, munmap',
    why: `${NOT_MPROTECT}; the kernels between were never released`,
  },
  {
    source: 'D. Hildenbrand, Jan 2024',
    what: 'Xeon Silver 4210R: fork and munmap by folio size',
    why: NOT_MPROTECT,
  },
  {
    source: 'Xavier Xia, Apr to Jun 2025; R. Roberts on M2',
    what: 'contpte_ptep_get early exit: mlock and munlock',
    why: NOT_MPROTECT,
  },
  { source: 'LKP, 7 Aug 2025', what: 'mremap batching: -37.3 %', why: NOT_MPROTECT },
  {
    source: 'Huang Ying, 6.19',
    what: 'local flush on reuse faults: usemem +40.6 %',
    why: CONTENTION,
  },
  {
    source: 'R. Roberts, 29 Aug 2025',
    what: 'stress-ng tlb-shootdown, 1 to 128 threads',
    why: CONTENTION,
  },
  {
    source: 'R. van Riel, Dec 2024 to Jan 2025',
    what: 'INVLPGB: tlb_flush2_threads',
    why: CONTENTION,
  },
  {
    source: 'kernel comment, Documentation/arch/x86/tlb.rst',
    what: 'about 100 ns for each single-page flush (Ivy Bridge)',
    why: 'no machine of that age; an upper bound for flushPage',
  },
];
