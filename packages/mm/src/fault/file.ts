import { FOLIO_FLAG } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { cachedPage } from '../file/page-cache.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import type { Vma } from '../vma/vma.ts';
import { doFaultAround } from './fault-around.ts';
import { decideFileFault, fileFault, finishesWholeFolio } from './decide-file.ts';
import { doSetPmd, folioStart, pgoffOf, setPteRange, type FileFault } from './map-file-pages.ts';

/**
 * Maps the page that a fault brought in, with its folio where that is allowed.
 *
 * @kernel mm/memory.c finish_fault
 */
function finishFault(fault: FileFault, pfn: number): void {
  const { mm, vpn } = fault;
  const { arch, memmap } = mm.system;
  if (doSetPmd(fault, vpn, pfn)) return;
  const table = mm.allocTable(vpn);
  const nr = memmap.folioNrPages(pfn);
  const start = folioStart(mm, vpn, pfn);
  if (finishesWholeFolio(fault, table, start, nr)) {
    setPteRange(fault, table, start, memmap.folioHead(pfn), nr);
    return;
  }
  arch.ptepGet(mm, table, vpn - table.base, makePte()); // still empty? (vmf_pte_changed)
  setPteRange(fault, table, vpn, pfn, 1);
}

/** A write to a private page that is not there: a fresh copy of the file's page (`do_cow_fault`). */
function doCowFault(fault: FileFault, source: number): 'ok' | 'SIGBUS' {
  const { mm, vma, vpn } = fault;
  const { memmap, allocator } = mm.system;
  anonVmaPrepare(mm, vma);
  const pfn = allocator.alloc(0);
  if (pfn === null) return 'SIGBUS';
  newAnonFolio(mm, vma, pfn, 0);
  memmap.setContent(pfn, memmap.content(source));
  setPteRange(fault, mm.allocTable(vpn), vpn, pfn, 1);
  return 'ok';
}

/**
 * A fault on an empty slot of a file mapping.
 *
 * @throws UnsupportedError for files without a page cache.
 * @kernel mm/memory.c do_fault: do_read_fault, do_cow_fault, do_shared_fault
 */
export function doFault(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
  writeProtected: boolean,
): 'major' | 'ok' | 'SIGBUS' {
  const fault = fileFault(mm, vma, vpn, write, writeProtected);
  const decision = decideFileFault(fault);
  if (decision === 'beyond-end') return 'SIGBUS';
  if (decision === 'read-around' && doFaultAround(fault)) return 'ok';
  const pgoff = pgoffOf(fault, vpn);
  const { file } = fault;
  const isRead = file.fs.kind === 'ext4' && !file.cache.has(pgoff);
  const done = isRead ? 'major' : 'ok';
  const pfn = cachedPage(mm.system, { file, pgoff, writePages: 0, fault: { vma, vpn } });
  if (pfn === null) return 'SIGBUS';
  if (decision === 'cow') return doCowFault(fault, pfn) === 'ok' ? done : 'SIGBUS';
  finishFault(fault, pfn);
  // Shared: page_mkwrite has told the file system; the folio is dirty from here on.
  if (decision === 'shared') {
    mm.system.memmap.setFolioDirty(pfn, true);
    if (file.pageMkwrite) mm.system.memmap.folioSet(pfn, FOLIO_FLAG.PRIVATE, true);
  }
  return done;
}
