/** How the collapse of one block went: `enum scan_result` of mm/khugepaged.c, as far as it occurs here. */
export type ScanResult =
  | 'succeed'
  | 'pmd-mapped'
  | 'fail'
  | 'pmd-null'
  | 'pte-non-present'
  | 'pte-uffd-wp'
  | 'exceed-none'
  | 'page-ro'
  | 'page-null'
  | 'page-anon'
  | 'page-count'
  | 'alloc-fail';
