import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import { anonFolioOrders } from '../fault/anonymous.ts';
import { decideFileFault, fileFault, finishesWholeFolio } from '../fault/decide-file.ts';
import { decideUffdWp } from '../fault/decide-wp.ts';
import { eachRunAround, planFaultAround } from '../fault/fault-around.ts';
import {
  filePte,
  folioStart,
  pgoffOf,
  pmdMappable,
  type FileFault,
} from '../fault/map-file-pages.ts';
import { missingFolioOrders } from '../file/page-cache.ts';
import { isShared, vmaIsAnonymous } from '../vma/vma.ts';
import type { PredictedAccess } from './access.ts';
import type { PageRun } from './prediction.ts';

/** What a fault on an empty slot leaves behind that may fault again: an entry, or nothing. */
export type Leftover = Readonly<Pte> | null;

/**
 * A fault on an empty slot.
 *
 * @param table - the leaf table, undefined if there is none yet.
 * @param writeProtected - the slot held a userfaultfd marker: what is mapped stays protected.
 * @returns the entry that a write goes on with, if that is one of a page that exists already.
 */
export function predictMissing(
  access: PredictedAccess,
  table: PteTable | undefined,
  writeProtected: boolean,
): Leftover {
  if (!vmaIsAnonymous(access.vma)) return predictFile(access, table, writeProtected);
  const { mm, vma, vpn, write } = access;
  if (!write) {
    access.addOwn('zero-page');
    return null;
  }
  const order = anonFolioOrders(mm, vma, vpn, table)[0] ?? 0;
  const nr = 2 ** order;
  access.add('anon-new', [{ start: vpn - (vpn % nr), nr }], order);
  if (writeProtected) predictFreshProtected(access);
  return null;
}

/** A write goes on to the page that the fault before has just mapped write-protected. */
function predictFreshProtected(access: PredictedAccess): void {
  const { mm, vma } = access;
  if (decideUffdWp(mm, vma, mm.system.arch.pteMkuffdWp(0)) === 'wait') access.addOwn('uffd-wait');
  else if (!isShared(vma))
    access.addOwn('reuse'); // a private page that is new is exclusive
  else access.addOwn(vma.file?.pageMkwrite === true ? 'shared-notify' : 'shared-reuse');
}

/** What fault-around maps; true if nothing is left to do for the page itself. */
function predictAround(
  access: PredictedAccess,
  fault: FileFault,
  table: PteTable | undefined,
  pages: PageRun[],
): 'done' | 'table' | 'nothing' {
  const { mm, vpn } = access;
  const { arch, memmap } = mm.system;
  const around = planFaultAround(fault);
  if (around === null) return 'nothing';
  const start = folioStart(mm, around.first, around.pfn);
  const nr = memmap.folioNrPages(around.pfn);
  if (table === undefined && pmdMappable(fault, start, nr)) {
    access.add('file-huge', [{ start, nr }]);
    return 'done';
  }
  const pte = makePte();
  const free = (page: number): boolean => {
    table?.peek(page - table.base, pte);
    return table === undefined || arch.pteNone(pte);
  };
  eachRunAround(fault, around, free, (first, _pfn, count) => {
    pages.push({ start: first, nr: count });
  });
  if (!pages.some((run) => vpn >= run.start && vpn < run.start + run.nr)) return 'table';
  access.add('file-around', joined(pages));
  return 'done';
}

/** The folio that shows the page: where it begins in the address space, and whether it is new. */
function folioBehind(fault: FileFault): { start: number; nr: number; order: number | null } {
  const { mm, vma, vpn, file } = fault;
  const pgoff = pgoffOf(fault, vpn);
  const pfn = file.cache.get(pgoff);
  if (pfn !== undefined) {
    const nr = mm.system.memmap.folioNrPages(pfn);
    return { start: folioStart(mm, vpn, pfn), nr, order: null };
  }
  const missing = { file, pgoff, writePages: 0, fault: { vma, vpn } };
  const order = missingFolioOrders(mm.system, missing)[0] ?? 0;
  const nr = 2 ** order;
  return { start: vpn - (pgoff % nr), nr, order };
}

function predictFile(
  access: PredictedAccess,
  table: PteTable | undefined,
  writeProtected: boolean,
): Leftover {
  const { mm, vma, vpn, write } = access;
  const fault = fileFault(mm, vma, vpn, write, writeProtected);
  const decision = decideFileFault(fault);
  if (decision === 'beyond-end') {
    access.add('sigbus');
    return null;
  }
  const pages: PageRun[] = [];
  const around =
    decision === 'read-around' ? predictAround(access, fault, table, pages) : 'nothing';
  if (around === 'done') return null;
  if (decision === 'cow') {
    access.addOwn('file-copy', 0);
    if (writeProtected) predictFreshProtected(access);
    return null;
  }
  const { start, nr, order } = folioBehind(fault);
  if (table === undefined && around === 'nothing' && pmdMappable(fault, start, nr)) {
    access.add('file-huge', [{ start, nr }], order);
    return null;
  }
  const whole = finishesWholeFolio(fault, table, start, nr);
  pages.push(whole ? { start, nr } : { start: vpn, nr: 1 });
  access.add('file-map', joined(pages), order);
  return write && writeProtected ? leftover(access, fault) : null;
}

/** The protected entry that a shared write leaves, unless no page of the folio was there before. */
function leftover(access: PredictedAccess, fault: FileFault): Leftover {
  const pfn = fault.file.cache.get(pgoffOf(fault, access.vpn));
  if (pfn === undefined) {
    predictFreshProtected(access);
    return null;
  }
  const pte = makePte();
  filePte(fault, pfn, false, pte);
  return pte;
}

/** Runs in ascending order, neighbours joined. */
function joined(runs: readonly PageRun[]): PageRun[] {
  const result: { start: number; nr: number }[] = [];
  for (const { start, nr } of [...runs].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && last.start + last.nr === start) last.nr += nr;
    else result.push({ start, nr });
  }
  return result;
}
