import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KPF } from '@ptelab/mm';
import type { KernelFolders } from './host.ts';

/** A folder that is made for one test. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ptelab-proc-'));
}

/** Writes a file and the folders above it; returns its path. */
export function put(folder: string, name: string, data: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return path;
}

/** A file of 64-bit words; those that are not named are zero. */
function words(entries: ReadonlyMap<number, bigint>): Buffer {
  const buffer = Buffer.alloc(8 * (Math.max(-1, ...entries.keys()) + 1));
  for (const [index, word] of entries) buffer.writeBigUInt64LE(word, 8 * index);
  return buffer;
}

const PRESENT = 1n << 63n;
const EXCLUSIVE = 1n << 56n;

/** What pagemap says of a page that only this process maps. */
export function mapped(pfn: number): bigint {
  return PRESENT | EXCLUSIVE | BigInt(pfn);
}

/** What kpageflags says of an anonymous folio of `2 ** order` pages at `pfn`. */
export function anonFolio(pfn: number, order: number): [number, bigint][] {
  const flag = (bit: number): bigint => 1n << BigInt(bit);
  const anon = flag(KPF.ANON) | flag(KPF.MMAP) | flag(KPF.SWAPBACKED);
  if (order === 0) return [[pfn, anon]];
  return Array.from({ length: 2 ** order }, (_, i) => [
    pfn + i,
    anon | flag(KPF.THP) | flag(i === 0 ? KPF.COMPOUND_HEAD : KPF.COMPOUND_TAIL),
  ]);
}

/** A machine with 4K pages and one process, 7. */
export interface TestProcess {
  readonly smaps: string;
  /** By virtual page. */
  readonly pagemap: ReadonlyMap<number, bigint>;
  /** By frame. */
  readonly kpageflags?: ReadonlyMap<number, bigint>;
}

const STAT = '7 (a (b) c) S 1 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0\n';

/** Makes /proc and /sys of such a machine. */
export function makeFolders({ smaps, pagemap, kpageflags }: TestProcess): KernelFolders {
  const proc = newFolder();
  const auxv = new Map([
    [0, 6n],
    [1, 4096n],
    [3, 0n],
  ]);
  put(proc, 'self/auxv', words(auxv));
  put(proc, 'sys/kernel/hostname', 'somewhere\n');
  put(proc, 'sys/kernel/osrelease', '6.18.1\n');
  put(proc, '7/stat', STAT);
  put(proc, '7/smaps', smaps);
  put(proc, '7/maps', smaps.replaceAll(/^[A-Z].*\n/gm, ''));
  put(proc, '7/pagemap', words(pagemap));
  if (kpageflags !== undefined) {
    put(proc, 'kpageflags', words(kpageflags));
    put(proc, 'kpagecount', words(new Map([...kpageflags.keys()].map((pfn) => [pfn, 1n]))));
  }
  const sys = newFolder();
  const thp = 'kernel/mm/transparent_hugepage';
  put(sys, `${thp}/hpage_pmd_size`, '2097152\n');
  put(sys, `${thp}/enabled`, 'always [madvise] never\n');
  put(sys, `${thp}/hugepages-64kB/enabled`, '[always] inherit madvise never\n');
  return { proc, sys };
}
