import type { SnapshotInfo, SnapshotRecord, SnapshotVma } from './records.ts';

/** What a cell may hold. */
export type CellValue = string | number | bigint | Date | null;

/** The columns of version 1, in order. packages/kernel/README.md says what they mean. */
export const SNAPSHOT_COLUMNS = [
  // All rows.
  { name: 'row', type: 'STRING' },
  { name: 'host', type: 'STRING' },
  { name: 'kernel', type: 'STRING' },
  { name: 'arch', type: 'STRING' },
  { name: 'time', type: 'TIMESTAMP' },
  { name: 'page_kb', type: 'INT32' },
  { name: 'pmd_kb', type: 'INT32' },
  { name: 'pid', type: 'INT32' },
  { name: 'comm', type: 'STRING' },
  { name: 'vma_start', type: 'INT64' },
  { name: 'vma_end', type: 'INT64' },
  { name: 'perms', type: 'STRING' },
  { name: 'path', type: 'STRING' },
  // Rows of VMAs; null in rows of pages.
  { name: 'inode', type: 'INT64' },
  { name: 'offset', type: 'INT64' },
  { name: 'rss_kb', type: 'INT64' },
  { name: 'anonymous_kb', type: 'INT64' },
  { name: 'anon_huge_kb', type: 'INT64' },
  { name: 'shmem_pmd_kb', type: 'INT64' },
  { name: 'file_pmd_kb', type: 'INT64' },
  { name: 'swap_kb', type: 'INT64' },
  // Rows of pages; null in rows of VMAs.
  { name: 'vpn', type: 'INT64' },
  { name: 'pages', type: 'INT32' },
  { name: 'pfn', type: 'INT64' },
  { name: 'folio_order', type: 'INT32' },
  { name: 'mapcount', type: 'INT64' },
  { name: 'mapcount_max', type: 'INT64' },
  { name: 'kind', type: 'STRING' },
  { name: 'page_flags', type: 'INT64' },
  { name: 'pagemap_flags', type: 'INT32' },
] as const;

/** Name of a column. */
type ColumnName = (typeof SNAPSHOT_COLUMNS)[number]['name'];

/** One row, by column. Integers are numbers here, whatever their width in the file. */
export type SnapshotRow = Readonly<Record<ColumnName, CellValue>>;

type HostCells = Pick<SnapshotInfo, 'host' | 'kernel' | 'arch' | 'pageSize' | 'hpagePmdSize'>;

const NO_VMA = {
  inode: null,
  offset: null,
  rss_kb: null,
  anonymous_kb: null,
  anon_huge_kb: null,
  shmem_pmd_kb: null,
  file_pmd_kb: null,
  swap_kb: null,
};

const NO_PAGES = {
  vpn: null,
  pages: null,
  pfn: null,
  folio_order: null,
  mapcount: null,
  mapcount_max: null,
  kind: null,
  page_flags: null,
  pagemap_flags: null,
};

/** Makes the row of a record; `vma` is the one that it belongs to. */
export function rowOf(
  host: HostCells,
  time: Date,
  vma: SnapshotVma,
  record: SnapshotRecord,
): SnapshotRow {
  const shared = {
    row: record.row,
    host: host.host,
    kernel: host.kernel,
    arch: host.arch,
    time,
    page_kb: host.pageSize / 1024,
    pmd_kb: host.hpagePmdSize / 1024,
    pid: vma.pid,
    comm: vma.comm,
    vma_start: vma.start,
    vma_end: vma.end,
    perms: vma.perms,
    path: vma.path,
  };
  if (record.row === 'vma') {
    const { sums } = vma;
    return {
      ...shared,
      ...NO_PAGES,
      inode: vma.inode,
      offset: vma.offset,
      rss_kb: sums?.rssKb ?? null,
      anonymous_kb: sums?.anonymousKb ?? null,
      anon_huge_kb: sums?.anonHugeKb ?? null,
      shmem_pmd_kb: sums?.shmemPmdKb ?? null,
      file_pmd_kb: sums?.filePmdKb ?? null,
      swap_kb: sums?.swapKb ?? null,
    };
  }
  const { run } = record;
  return {
    ...shared,
    ...NO_VMA,
    vpn: run.vpn,
    pages: run.pages,
    pfn: run.pfn,
    folio_order: run.order,
    mapcount: run.mapcount,
    mapcount_max: run.mapcountMax,
    kind: run.kind,
    page_flags: run.pageFlags,
    pagemap_flags: run.pagemapFlags,
  };
}
