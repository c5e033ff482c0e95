import type { PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile } from '../file/backed-file.ts';
import { UnsupportedError } from '../unsupported.ts';
import { isShared, userfaultfdWp, type Vma } from '../vma/vma.ts';
import { folioFits, pgoffOf, type FileFault } from './map-file-pages.ts';
import { rangeIsNone } from './range-is-none.ts';

/*
 * What a fault on an empty slot of a file mapping comes to. Nothing here changes state: the handler
 * asks and acts, the predictor only asks.
 */

/** Kinds of file faults; `read-around` maps cached pages around the one that is read. */
export type FileFaultKind = 'beyond-end' | 'cow' | 'read' | 'read-around' | 'shared';

/**
 * A fault at page `vpn` of a file mapping.
 *
 * @throws UnsupportedError for files without a page cache.
 */
export function fileFault(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
  writeProtected: boolean,
): FileFault {
  const { file } = vma;
  if (!(file instanceof BackedFile)) throw new UnsupportedError('a fault in a file without pages');
  return { mm, vma, file, vpn, write, writeProtected };
}

/**
 * Which of the file faults it is. With userfaultfd write-protection a read maps no neighbours, for
 * their markers must stay.
 *
 * @kernel mm/memory.c do_fault, should_fault_around
 */
export function decideFileFault(fault: FileFault): FileFaultKind {
  const { vma, vpn, write, file } = fault;
  if (pgoffOf(fault, vpn) >= file.pages) return 'beyond-end';
  if (!write) return userfaultfdWp(vma) ? 'read' : 'read-around';
  return isShared(vma) ? 'shared' : 'cow';
}

/** True if a fault maps all of a large folio rather than one page of it. */
function mapsWholeFolio({ mm, file }: FileFault): boolean {
  return file.fs.kind === 'shared-anonymous' || mm.system.arch.features.wholeFolioFaults;
}

/**
 * True if the fault maps all `nr` pages of the folio that begins at page `start`.
 *
 * @kernel mm/memory.c finish_fault
 */
export function finishesWholeFolio(
  fault: FileFault,
  table: PteTable | undefined,
  start: number,
  nr: number,
): boolean {
  if (nr === 1 || fault.vma.uffd !== 0) return false;
  if (!mapsWholeFolio(fault) || !folioFits(fault, start, nr)) return false;
  return table === undefined || rangeIsNone(fault.mm, table, start - table.base, nr);
}
