import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anonFolio, makeFolders, mapped, put } from '../proc/proc.fixture.ts';
import type { KernelFolders } from '../proc/host.ts';
import { Capture, type CaptureOptions } from './capture.ts';
import type { PageRun, SnapshotRecord } from './records.ts';

const HEAD = (from: string, to: string, path = ''): string =>
  `${from}-${to} rw-p 00000000 00:00 0 ${path}\n`;
const RSS = 'Rss: 64 kB\nAnonymous: 64 kB\n';

/** A folio of 16 pages of which page 9 is missing, and a single page. */
const PROCESS = {
  smaps: `${HEAD('10000', '30000', '[heap]')}${RSS}${HEAD('40000', '41000', '/home/someone/secret')}Rss: 0 kB\n`,
  pagemap: new Map<number, bigint>([
    ...Array.from({ length: 16 }, (_, i): [number, bigint] => [0x10 + i, mapped(0x340 + i)]).filter(
      ([vpn]) => vpn !== 0x19,
    ),
    [0x20, mapped(0x1001)],
    [0x22, 1n << 62n],
    [0x40, mapped(0x999)], // behind a VMA without pages: not looked at
  ]),
  kpageflags: new Map([...anonFolio(0x340, 4), ...anonFolio(0x1001, 0)]),
};

function options(folders: KernelFolders, more: Partial<CaptureOptions> = {}): CaptureOptions {
  return { folders, arch: 'x86-64', anonymise: false, ...more };
}

function capture(
  folders: KernelFolders,
  more: Partial<CaptureOptions> = {},
): {
  records: SnapshotRecord[];
  runs: PageRun[];
  capture: Capture;
} {
  const started = new Capture([7], options(folders, more));
  const records = [...started.records()];
  const runs = records.flatMap((record) => (record.row === 'pages' ? [record.run] : []));
  return { records, runs, capture: started };
}

describe('a capture', () => {
  it('joins pages of a folio to runs and knows its order', () => {
    const { runs, records, capture: done } = capture(makeFolders(PROCESS));
    expect(records.map(({ row }) => row)).toEqual([
      'vma',
      'pages',
      'pages',
      'pages',
      'pages',
      'vma',
    ]);
    expect(
      runs.map(({ vpn, pages, pfn, order, kind }) => ({ vpn, pages, pfn, order, kind })),
    ).toEqual([
      { vpn: 0x10, pages: 9, pfn: 0x340, order: 4, kind: 'anon' },
      { vpn: 0x1a, pages: 6, pfn: 0x34a, order: 4, kind: 'anon' },
      { vpn: 0x20, pages: 1, pfn: 0x1001, order: 0, kind: 'anon' },
      { vpn: 0x22, pages: 1, pfn: null, order: null, kind: 'swap' },
    ]);
    const info = done.info();
    expect(info).toMatchObject({ host: 'somewhere', kernel: '6.18.1', pageSize: 4096, lacks: [] });
    expect(info.thp).toEqual({ enabled: 'madvise', shmem: 'unknown', sizes: { 64: 'always' } });
    expect(info.processes).toEqual([
      { pid: 7, comm: 'a (b) c', vmas: 2, changedVmas: 0, gone: false },
    ]);
  });

  it('takes out frames, paths and the host, but not alignment', () => {
    const { records, runs, capture: done } = capture(makeFolders(PROCESS), { anonymise: true });
    const [first, second, third] = runs;
    expect(first?.pfn).not.toBe(0x340);
    expect((first?.pfn ?? 0) % 512).toBe(0x340 % 512);
    expect((second?.pfn ?? 0) - (first?.pfn ?? 0)).toBe(10);
    expect((third?.pfn ?? 0) % 512).toBe(0x1001 % 512);
    expect(JSON.stringify([records, done.info()])).not.toMatch(/secret|someone|somewhere/);
    expect(records[0]).toMatchObject({ vma: { path: '[heap]', inode: null } });
    expect(done.host.host).toMatch(/^[0-9a-f]{16}$/);
  });

  it('says what is missing when frames are hidden', () => {
    const pagemap = new Map([[0x10, mapped(0)]]);
    const { runs, capture: done } = capture(makeFolders({ ...PROCESS, pagemap }));
    expect(runs).toMatchObject([{ vpn: 0x10, pfn: null, order: null, kind: 'unknown' }]);
    expect(done.info().lacks).toEqual(['page frames of 1 pages: hidden without CAP_SYS_ADMIN']);
  });

  it('says what is missing without kpageflags', () => {
    const { smaps, pagemap } = PROCESS;
    const { runs, capture: done } = capture(makeFolders({ smaps, pagemap }));
    expect(runs[0]).toMatchObject({
      vpn: 0x10,
      pages: 9,
      pfn: 0x340,
      order: null,
      kind: 'unknown',
    });
    expect(done.info().lacks).toEqual(['/proc/kpageflags: ENOENT', '/proc/kpagecount: ENOENT']);
  });

  it('counts VMAs that changed, and names a process that ended', () => {
    const folders = makeFolders(PROCESS);
    put(folders.proc, '7/maps', HEAD('10000', '31000', '[heap]'));
    expect(capture(folders).capture.info().processes[0]).toMatchObject({ changedVmas: 2 });
    const ended = new Capture([7], options(folders));
    const records = ended.records();
    records.next();
    rmSync(join(folders.proc, '7/maps'));
    expect([...records].length).toBeGreaterThan(0);
    expect(ended.info().processes[0]).toMatchObject({ gone: true });
  });

  it('leaves out processes that are not there, and ends with an error if there is none at all', () => {
    const folders = makeFolders(PROCESS);
    const some = new Capture([8, 7], options(folders));
    expect([...some.records()]).toHaveLength(6);
    expect(some.unread.map(({ error }) => error.message)).toEqual([
      '--pid 8: expected a process, found none',
    ]);
    expect(() => [...new Capture([8], options(folders)).records()]).toThrow('--pid 8: expected');
  });

  it('does without large folios whose flags make no sense', () => {
    const flags = new Map(anonFolio(0x340, 4));
    flags.set(0x34f, 0n); // a folio of 15 pages
    const { runs } = capture(makeFolders({ ...PROCESS, kpageflags: flags }));
    expect(runs[0]).toMatchObject({ vpn: 0x10, order: null });
  });
});
