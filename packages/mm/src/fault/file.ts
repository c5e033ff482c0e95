import { PAGE_KIND } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile } from '../file/backed-file.ts';
import { cachedPage } from '../file/page-cache.ts';
import { UnsupportedError } from '../unsupported.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { isShared, userfaultfdWp, type Vma } from '../vma/vma.ts';
import { doFaultAround } from './fault-around.ts';
import {
  doSetPmd,
  folioFits,
  folioStart,
  pgoffOf,
  setPteRange,
  type FileFault,
} from './map-file-pages.ts';
import { rangeIsNone } from './range-is-none.ts';

/** True if a fault maps all of a large folio rather than one page of it. */
function mapsWholeFolio({ mm, file }: FileFault): boolean {
  return file.fs.kind === 'shared-anonymous' || mm.system.arch.features.wholeFolioFaults;
}

/**
 * Maps the page that a fault brought in, with its folio where that is allowed.
 *
 * @kernel mm/memory.c finish_fault
 */
function finishFault(fault: FileFault, pfn: number): void {
  const { mm, vma, vpn } = fault;
  const { arch, memmap } = mm.system;
  if (doSetPmd(fault, vpn, pfn)) return;
  const table = mm.allocTable(vpn);
  const nr = memmap.folioNrPages(pfn);
  const start = folioStart(mm, vpn, pfn);
  const whole = nr > 1 && vma.uffd === 0 && mapsWholeFolio(fault) && folioFits(fault, start, nr);
  if (whole && rangeIsNone(mm, table, start - table.base, nr)) {
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
  memmap.initFolio(pfn, 0, PAGE_KIND.ANON);
  memmap.setContent(pfn, memmap.content(source));
  mm.system.lru.add(pfn);
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
): 'ok' | 'SIGBUS' {
  const { file } = vma;
  if (!(file instanceof BackedFile)) throw new UnsupportedError('a fault in a file without pages');
  const fault: FileFault = { mm, vma, file, vpn, write, writeProtected };
  const pgoff = pgoffOf(fault, vpn);
  if (pgoff >= file.pages) return 'SIGBUS';
  if (!write && !userfaultfdWp(vma) && doFaultAround(fault)) return 'ok';
  const pfn = cachedPage(mm.system, { file, pgoff, writePages: 0, fault: { vma, vpn } });
  if (pfn === null) return 'SIGBUS';
  if (write && !isShared(vma)) return doCowFault(fault, pfn);
  finishFault(fault, pfn);
  // Shared: page_mkwrite has told the file system; the folio is dirty from here on.
  if (write) mm.system.memmap.setFolioDirty(pfn, true);
  return 'ok';
}
