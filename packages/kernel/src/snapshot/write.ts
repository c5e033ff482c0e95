import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { SNAPSHOT_COLUMNS, rowOf, type CellValue } from './columns.ts';
import type { HostFacts } from '../proc/host.ts';
import { INFO_KEY, type SnapshotInfo, type SnapshotRecord, type SnapshotVma } from './records.ts';

/** Rows that are kept in memory until they are written. */
const GROUP_ROWS = 32_768;

function cellFor(type: string, value: CellValue): CellValue {
  return type === 'INT64' && typeof value === 'number' ? BigInt(value) : value;
}

/** Writes records to a Parquet file, a row group at a time. The file is none until `finish`. */
export class SnapshotWriter {
  readonly #host: HostFacts;
  readonly #time: Date;
  readonly #writer: ParquetWriter;
  readonly #columns: CellValue[][] = SNAPSHOT_COLUMNS.map(() => []);
  #rows = 0;
  #vma: SnapshotVma | null = null;

  /** @throws the error of open(2). */
  constructor(path: string, host: HostFacts, time: Date) {
    this.#host = host;
    this.#time = time;
    const schema = schemaFromColumnData({
      columnData: SNAPSHOT_COLUMNS.map(({ name, type }) => ({ name, type, data: [] })),
    });
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'ptelab' });
  }

  /**
   * Adds a record.
   *
   * @throws RangeError for a run without a VMA before it.
   */
  add(record: SnapshotRecord): void {
    if (record.row === 'vma') this.#vma = record.vma;
    if (this.#vma === null) throw new RangeError('a run without a VMA');
    const row = rowOf(this.#host, this.#time, this.#vma, record);
    for (const [i, { name, type }] of SNAPSHOT_COLUMNS.entries()) {
      this.#columns[i]?.push(cellFor(type, row[name]));
    }
    this.#rows++;
    if (this.#rows === GROUP_ROWS) this.#flush();
  }

  #flush(): void {
    if (this.#rows === 0) return;
    const columnData = SNAPSHOT_COLUMNS.map(({ name, type }, i) => ({
      name,
      type,
      data: this.#columns[i] ?? [],
    }));
    void this.#writer.write({ columnData, rowGroupSize: this.#rows });
    for (const column of this.#columns) column.length = 0;
    this.#rows = 0;
  }

  /** Writes what is left, and what there is to say about all. */
  finish(info: SnapshotInfo): void {
    this.#flush();
    this.#writer.kvMetadata = [{ key: INFO_KEY, value: JSON.stringify(info) }];
    void this.#writer.finish();
  }
}
