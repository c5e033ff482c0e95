import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchName } from '@ptelab/pte';
import { PtelabEnvironmentError } from '../environment-error.ts';
import { PtelabInputError } from '../input-error.ts';

/** Where /proc and /sys are; tests have their own. */
export interface KernelFolders {
  readonly proc: string;
  readonly sys: string;
}

/** Those of the running kernel. */
export const KERNEL_FOLDERS: KernelFolders = { proc: '/proc', sys: '/sys' };

/** Settings of transparent huge pages: the chosen word of each sysfs file. */
export interface ThpFacts {
  /** `enabled` */
  readonly enabled: string;
  /** `shmem_enabled` */
  readonly shmem: string;
  /** `hugepages-*kB/enabled`, by kB. */
  readonly sizes: Readonly<Record<string, string>>;
}

/** What there is to know about a machine before anything is said about its pages. */
export interface HostFacts {
  readonly host: string;
  /** Release of the kernel, as uname(1) prints it. */
  readonly kernel: string;
  readonly arch: ArchName;
  /** Bytes. */
  readonly pageSize: number;
  /** Bytes that one PMD maps. */
  readonly hpagePmdSize: number;
  readonly thp: ThpFacts;
}

const UNKNOWN = 'unknown';
const AT_PAGESZ = 6n;
const PMD_ENTRY_BYTES = 8;

function text(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** The word in square brackets. */
function chosen(path: string): string {
  const found = text(path) ?? '';
  return /\[([\w-]+)\]/.exec(found)?.[1] ?? UNKNOWN;
}

/** The kernel tells every program its page size; so ours is asked for. */
function pageSizeOf(proc: string): number {
  const path = join(proc, 'self/auxv');
  let vector: Buffer;
  try {
    vector = readFileSync(path);
  } catch {
    throw new PtelabEnvironmentError('no-proc', `expected /proc of Linux, found no ${path}`);
  }
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) !== AT_PAGESZ) continue;
    const size = Number(vector.readBigUInt64LE(at + 8));
    if ([4096, 16_384, 65_536].includes(size)) return size;
  }
  throw new PtelabInputError('bad-auxv', path, 0, 'expected a page size of 4, 16 or 64 KiB');
}

function thpFacts(folder: string): ThpFacts {
  const sizes: Record<string, string> = {};
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // A kernel without transparent huge pages.
  }
  for (const name of names.sort()) {
    const kb = /^hugepages-(\d+)kB$/.exec(name)?.[1];
    if (kb === undefined) continue;
    const word = chosen(join(folder, name, 'enabled'));
    // Two pages: only shared memory has folios of that size.
    if (word !== UNKNOWN) sizes[kb] = word;
  }
  const enabled = chosen(join(folder, 'enabled'));
  return { enabled, shmem: chosen(join(folder, 'shmem_enabled')), sizes };
}

/** Bytes that one PMD maps; without huge pages, what a table of eight-byte entries covers. */
function pmdSize(folder: string, pageSize: number): number {
  const path = join(folder, 'hpage_pmd_size');
  const found = text(path);
  if (found === null) return (pageSize / PMD_ENTRY_BYTES) * pageSize;
  const size = Number(found);
  if (size > pageSize && size <= 2 ** 30 && Number.isInteger(Math.log2(size))) return size;
  throw new PtelabInputError('bad-size', path, 1, 'expected a power of two of bytes up to 1 GiB');
}

/**
 * Reads what there is to know about the machine.
 *
 * @param arch - of the kernel, since /proc doesn't say.
 * @throws PtelabEnvironmentError if there is no /proc.
 */
export function readHost(folders: KernelFolders, arch: ArchName): HostFacts {
  const pageSize = pageSizeOf(folders.proc);
  const thp = join(folders.sys, 'kernel/mm/transparent_hugepage');
  return {
    host: text(join(folders.proc, 'sys/kernel/hostname')) ?? UNKNOWN,
    kernel: text(join(folders.proc, 'sys/kernel/osrelease')) ?? UNKNOWN,
    arch,
    pageSize,
    hpagePmdSize: pmdSize(thp, pageSize),
    thp: thpFacts(thp),
  };
}
