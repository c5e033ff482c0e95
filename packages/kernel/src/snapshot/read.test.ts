import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteFile } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import { newFolder, put } from '../proc/proc.fixture.ts';
import { openSnapshot } from './read.ts';
import type { PageRun, SnapshotInfo, SnapshotRecord, SnapshotVma } from './records.ts';
import { SnapshotWriter } from './write.ts';

const folder = newFolder();
const REAL = fileURLToPath(new URL('../../test/snapshots/folios.parquet', import.meta.url));

const INFO: SnapshotInfo = {
  version: 1,
  time: '2026-01-02T03:04:05.000Z',
  host: 'h',
  kernel: '6.18.1',
  arch: 'arm64',
  pageSize: 16_384,
  hpagePmdSize: 2 ** 25,
  thp: { enabled: 'always', shmem: 'never', sizes: { 64: 'inherit' } },
  anonymised: false,
  lacks: [],
  processes: [],
};

const VMA: SnapshotVma = {
  pid: 7,
  comm: 'x',
  start: 16,
  end: 2 ** 36,
  perms: 'rw-p',
  offset: 0,
  inode: null,
  path: '',
  sums: null,
};

const RUN: PageRun = {
  vpn: 16,
  pages: 4,
  pfn: 2 ** 33,
  order: 2,
  mapcount: 1,
  mapcountMax: 3,
  kind: 'anon',
  pageFlags: 4096,
  pagemapFlags: 258,
};

function write(name: string, records: readonly SnapshotRecord[], info: object = INFO): string {
  const path = join(folder, name);
  const writer = new SnapshotWriter(path, INFO, new Date(INFO.time));
  for (const record of records) writer.add(record);
  writer.finish({ ...INFO, ...info });
  return path;
}

async function read(path: string): Promise<SnapshotRecord[]> {
  const records: SnapshotRecord[] = [];
  for await (const record of (await openSnapshot(path)).records()) records.push(record);
  return records;
}

/** One line about what is wrong with a file; any other error passes through. */
async function complaint(path: string): Promise<string> {
  try {
    await read(path);
  } catch (error) {
    if (!(error instanceof PtelabInputError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message.slice(path.length);
  }
  return '';
}

describe('a snapshot', () => {
  it('reads as it was written', async () => {
    const sums = {
      rssKb: 4,
      anonymousKb: 4,
      anonHugeKb: 0,
      shmemPmdKb: 0,
      filePmdKb: 0,
      swapKb: 0,
    };
    const records: SnapshotRecord[] = [
      { row: 'vma', vma: VMA },
      { row: 'pages', run: RUN },
      {
        row: 'pages',
        run: {
          ...RUN,
          vpn: 20,
          pfn: null,
          order: null,
          mapcount: null,
          mapcountMax: null,
          pageFlags: null,
          kind: 'unknown',
        },
      },
      { row: 'vma', vma: { ...VMA, pid: 8, comm: 'ü\n"', inode: 5, path: '/a', sums } },
    ];
    const path = write('round.parquet', records);
    expect(await read(path)).toEqual(records);
    expect((await openSnapshot(path)).info).toEqual(INFO);
  });

  it('has row groups, so that neither side needs all of it in memory', async () => {
    const runs = Array.from({ length: 70_000 }, (_, i): SnapshotRecord => {
      return { row: 'pages', run: { ...RUN, vpn: 16 + 8 * i } };
    });
    const path = write('groups.parquet', [{ row: 'vma', vma: VMA }, ...runs]);
    expect((await read(path)).length).toBe(70_001);
    expect(readFileSync(path).length).toBeLessThan(700_000);
  });

  it.each<[string, readonly SnapshotRecord[], RegExp]>([
    [
      'a run first',
      [
        { row: 'vma', vma: { ...VMA, pid: 1 } },
        { row: 'vma', vma: VMA },
        { row: 'vma', vma: { ...VMA, pid: 1, start: 99 } },
      ],
      /row 2: expected all VMAs of a process together$/,
    ],
    [
      'VMAs that overlap',
      [
        { row: 'vma', vma: VMA },
        { row: 'vma', vma: { ...VMA, start: 17 } },
      ],
      /row 1: expected VMAs in order that do not overlap$/,
    ],
    [
      'a run outside',
      [
        { row: 'vma', vma: VMA },
        { row: 'pages', run: { ...RUN, vpn: 2 ** 36 - 1 } },
      ],
      /row 1: expected runs in order inside their VMA$/,
    ],
    [
      'a run twice',
      [
        { row: 'vma', vma: VMA },
        { row: 'pages', run: RUN },
        { row: 'pages', run: RUN },
      ],
      /row 2: expected runs in order inside their VMA$/,
    ],
    [
      'a VMA that ends before it starts',
      [{ row: 'vma', vma: { ...VMA, end: 3 } }],
      /row 0: .*vma_start: expected less than vma_end$/,
    ],
    [
      'a negative size',
      [
        { row: 'vma', vma: VMA },
        { row: 'pages', run: { ...RUN, pages: -1 } },
      ],
      /row 1: pages: /,
    ],
    [
      'a huge order',
      [
        { row: 'vma', vma: VMA },
        { row: 'pages', run: { ...RUN, order: 60 } },
      ],
      /row 1: folio_order: /,
    ],
    ['strange permissions', [{ row: 'vma', vma: { ...VMA, perms: 'rwx' } }], /row 0: perms: /],
  ])('with %s is refused', async (_, records, message) => {
    expect(await complaint(write('bad.parquet', records))).toMatch(message);
  });

  it.each([
    [{ version: 2 }, ': ptelab.snapshot: expected version 1, found 2'],
    [{ version: undefined }, ': ptelab.snapshot: expected version 1, found none'],
    [{ pageSize: 12 }, /^: ptelab.snapshot: pageSize: /],
    [{ hpagePmdSize: 3_000_000 }, ': ptelab.snapshot: hpagePmdSize: expected a power of two'],
  ])('that says %j of itself is refused', async (info, message) => {
    const said = await complaint(write('info.parquet', [{ row: 'vma', vma: VMA }], info));
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('is not just any Parquet', async () => {
    const path = join(folder, 'other.parquet');
    parquetWriteFile({ filename: path, columnData: [{ name: 'a', data: [1], type: 'INT32' }] });
    expect(await complaint(path)).toBe(': expected ptelab.snapshot in the metadata, found none');
    expect(await complaint(put(folder, 'text', 'hello'))).toMatch(
      /^: expected a snapshot in Parquet/,
    );
    expect(await complaint(put(folder, 'empty', ''))).toMatch(/^: expected a snapshot in Parquet/);
    expect(await complaint(join(folder, 'nothing'))).toBe(
      ': expected a snapshot, found nothing there',
    );
    expect(await complaint(folder)).toBe(': expected a snapshot in Parquet, found a directory');
  });

  it('that is cut off or damaged is read or refused, never anything else', async () => {
    const whole = readFileSync(REAL);
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (const length of [1, 8, 100, whole.length >> 1, whole.length - 1]) {
      const cut = put(folder, 'cut', whole.subarray(0, length));
      expect(await complaint(cut)).toMatch(/^: expected a snapshot in Parquet/);
    }
    let refused = 0;
    for (let round = 0; round < 24; round++) {
      const bytes = Buffer.from(whole);
      // The end holds the metadata: most damage is done there.
      const from = round % 2 === 0 ? 0 : bytes.length - 4000;
      for (let i = 0; i < 6; i++) bytes[from + random(bytes.length - from)] = random(256);
      if ((await complaint(put(folder, 'damaged', bytes))) !== '') refused++;
    }
    expect(refused).toBeGreaterThan(8);
  });
});
