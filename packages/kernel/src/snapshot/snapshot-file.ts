import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { z } from 'zod';
import { PtelabInputError } from '../input-error.ts';
import { errorCode } from '../proc/error-code.ts';
import { REASONS } from './reasons.ts';
import { SNAPSHOT_COLUMNS } from './columns.ts';
import {
  INFO_KEY,
  RUN_KINDS,
  SNAPSHOT_VERSION,
  type SnapshotInfo,
  type SnapshotRecord,
} from './records.ts';

/** A row group of a snapshot has far fewer; a file may claim anything. */
const MOST_GROUP_ROWS = 1_000_000;
/** Bytes of a row group after decompression; more is a file that lies. */
const MOST_GROUP_BYTES = 2 ** 29;

const count = z.number().int().nonnegative();

const INFO = z.object({
  version: z.literal(SNAPSHOT_VERSION),
  time: z.iso.datetime(),
  host: z.string(),
  kernel: z.string(),
  arch: z.enum(['arm64', 'x86-64']),
  pageSize: z.union([z.literal(4096), z.literal(16_384), z.literal(65_536)]),
  hpagePmdSize: z
    .int()
    .min(8192)
    .max(2 ** 30)
    .refine((size) => Number.isInteger(Math.log2(size)), 'expected a power of two'),
  thp: z.object({
    enabled: z.string(),
    shmem: z.string(),
    sizes: z.record(z.string(), z.string()),
  }),
  anonymised: z.boolean(),
  lacks: z.array(z.string()),
  processes: z.array(
    z.object({
      pid: count,
      comm: z.string(),
      vmas: count,
      changedVmas: count,
      gone: z.boolean(),
    }),
  ),
});

/** An integer of up to 52 bits, as INT32 or INT64. */
const integer = z
  .union([z.bigint(), z.number()])
  .transform(Number)
  .pipe(
    z
      .number()
      .int()
      .nonnegative()
      .max(2 ** 53),
  );

const kb = integer.nullable();

const SHARED = {
  pid: integer,
  comm: z.string(),
  vma_start: integer,
  vma_end: integer,
  perms: z.string().regex(/^[r-][w-][x-][ps]$/),
  path: z.string(),
};

const VMA_ROW = z
  .object({
    row: z.literal('vma'),
    ...SHARED,
    inode: integer.nullable(),
    offset: integer,
    rss_kb: kb,
    anonymous_kb: kb,
    anon_huge_kb: kb,
    shmem_pmd_kb: kb,
    file_pmd_kb: kb,
    swap_kb: kb,
  })
  .refine((row) => row.vma_start < row.vma_end, 'vma_start: expected less than vma_end');

const PAGES_ROW = z.object({
  row: z.literal('pages'),
  ...SHARED,
  vpn: integer,
  pages: integer.pipe(z.number().min(1)),
  pfn: integer.nullable(),
  folio_order: integer.pipe(z.number().max(18)).nullable(),
  mapcount: integer.nullable(),
  mapcount_max: integer.nullable(),
  kind: z.enum(RUN_KINDS),
  page_flags: integer.nullable(),
  pagemap_flags: integer.pipe(z.number().max(511)),
});

const ROW = z.discriminatedUnion('row', [VMA_ROW, PAGES_ROW]);
type Row = z.infer<typeof ROW>;
type VmaRow = z.infer<typeof VMA_ROW>;
type PagesRow = z.infer<typeof PAGES_ROW>;

/** A snapshot file that was opened: what it says about itself, and its records. */
export interface SnapshotFile {
  readonly info: SnapshotInfo;
  /** Reads the records, a row group at a time. */
  readonly records: () => AsyncGenerator<SnapshotRecord>;
}

function refuse(source: string, code: string, text: string): never {
  throw new PtelabInputError(code, source, 0, text);
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`;
}

/** Parquet that can't be read: the library says why, in its own words and only sometimes in one line. */
function notParquet(source: string, error: unknown): never {
  const code = errorCode(error);
  const said = error instanceof Error ? error.message.split('\n')[0] : '';
  const found = REASONS[code] ?? `what can't be read (${said})`;
  return refuse(source, 'bad-parquet', `expected a snapshot in Parquet, found ${found}`);
}

async function metadataOf(source: string, file: AsyncBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    return notParquet(source, error);
  }
}

function infoOf(source: string, metadata: FileMetaData): SnapshotInfo {
  const text = metadata.key_value_metadata?.find(({ key }) => key === INFO_KEY)?.value;
  if (text === undefined) {
    return refuse(source, 'no-snapshot', `expected ${INFO_KEY} in the metadata, found none`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(source, 'bad-snapshot', `${INFO_KEY}: expected JSON, found something else`);
  }
  const version = z.object({ version: z.unknown() }).safeParse(value).data?.version;
  if (version !== SNAPSHOT_VERSION) {
    const found = version === undefined ? 'none' : JSON.stringify(version);
    const text = `${INFO_KEY}: expected version ${SNAPSHOT_VERSION}, found ${found.slice(0, 40)}`;
    return refuse(source, 'bad-version', text);
  }
  const info = INFO.safeParse(value);
  return info.success
    ? info.data
    : refuse(source, 'bad-snapshot', `${INFO_KEY}: ${firstIssue(info.error)}`);
}

function checkColumns(source: string, metadata: FileMetaData): void {
  const names = new Set(metadata.schema.slice(1).map(({ name }) => name));
  for (const { name } of SNAPSHOT_COLUMNS) {
    if (!names.has(name)) refuse(source, 'bad-column', `expected a column ${name}, found none`);
  }
}

function checkGroups(source: string, metadata: FileMetaData, bytes: number): void {
  for (const [i, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && rows <= MOST_GROUP_ROWS)) {
      refuse(
        source,
        'bad-group',
        `row group ${i}: expected up to ${MOST_GROUP_ROWS} rows, found ${rows}`,
      );
    }
    for (const { meta_data: column } of group.columns) {
      const raw = Number(column?.total_uncompressed_size ?? 0);
      const packed = Number(column?.total_compressed_size ?? 0);
      if (raw >= 0 && raw <= MOST_GROUP_BYTES && packed >= 0 && packed <= bytes) continue;
      refuse(source, 'bad-group', `row group ${i}: expected columns that fit into the file`);
    }
  }
}

function toVma(row: VmaRow): SnapshotRecord {
  const { rss_kb: rssKb, anonymous_kb: anonymousKb, anon_huge_kb: anonHugeKb } = row;
  const { shmem_pmd_kb: shmemPmdKb, file_pmd_kb: filePmdKb, swap_kb: swapKb } = row;
  const sums =
    rssKb === null
      ? null
      : {
          rssKb,
          anonymousKb: anonymousKb ?? 0,
          anonHugeKb: anonHugeKb ?? 0,
          shmemPmdKb: shmemPmdKb ?? 0,
          filePmdKb: filePmdKb ?? 0,
          swapKb: swapKb ?? 0,
        };
  const { pid, comm, perms, path, inode, offset } = row;
  const [start, end] = [row.vma_start, row.vma_end];
  return { row: 'vma', vma: { pid, comm, start, end, perms, offset, inode, path, sums } };
}

function toRun(row: PagesRow): SnapshotRecord {
  const { vpn, pages, pfn, mapcount, mapcount_max: mapcountMax, kind } = row;
  const [order, pageFlags, pagemapFlags] = [row.folio_order, row.page_flags, row.pagemap_flags];
  const run = { vpn, pages, pfn, order, mapcount, mapcountMax, kind, pageFlags, pagemapFlags };
  return { row: 'pages', run };
}

/** Checks that rows follow each other: VMAs in order, runs in order inside their VMA. */
class Sequence {
  #vma: VmaRow | null = null;
  #next = 0;
  readonly #done = new Set<number>();

  /** Returns what was expected of a row, or null if it fits. */
  problem(row: Row): string | null {
    if (row.row === 'vma') return this.#vmaProblem(row);
    const vma = this.#vma;
    if (vma?.pid !== row.pid || vma.vma_start !== row.vma_start) {
      return 'a run behind the VMA that it belongs to';
    }
    if (row.vpn < this.#next || row.vpn + row.pages > vma.vma_end) {
      return 'runs in order inside their VMA';
    }
    this.#next = row.vpn + row.pages;
    return null;
  }

  #vmaProblem(row: VmaRow): string | null {
    const before = this.#vma;
    if (before?.pid === row.pid) {
      if (row.vma_start < before.vma_end) return 'VMAs in order that do not overlap';
    } else if (this.#done.has(row.pid)) return 'all VMAs of a process together';
    else this.#done.add(row.pid);
    this.#vma = row;
    this.#next = row.vma_start;
    return null;
  }
}

async function* readRecords(
  source: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
): AsyncGenerator<SnapshotRecord> {
  const sequence = new Sequence();
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    } catch (error) {
      return notParquet(source, error);
    }
    for (const [i, value] of rows.entries()) {
      const place = `row ${rowStart + i}`;
      const row = ROW.safeParse(value);
      if (!row.success) return refuse(source, 'bad-row', `${place}: ${firstIssue(row.error)}`);
      const problem = sequence.problem(row.data);
      if (problem !== null) return refuse(source, 'bad-row', `${place}: expected ${problem}`);
      yield row.data.row === 'vma' ? toVma(row.data) : toRun(row.data);
    }
    rowStart = rowEnd;
  }
}

/**
 * Reads what a snapshot says about itself.
 *
 * @param source - what to call it in complaints.
 * @param file - its bytes, or what reads them piece by piece.
 * @throws PtelabInputError if it is none; while records are read, too.
 */
export async function snapshotOf(source: string, file: AsyncBuffer): Promise<SnapshotFile> {
  const metadata = await metadataOf(source, file);
  const info = infoOf(source, metadata);
  checkColumns(source, metadata);
  checkGroups(source, metadata, file.byteLength);
  return { info, records: () => readRecords(source, file, metadata) };
}
