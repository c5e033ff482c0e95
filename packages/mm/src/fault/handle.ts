import { makePte, type AccessKind, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { isMigration } from '../migration/entry.ts';
import { UnsupportedError } from '../unsupported.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { accessAllowed } from './access-allowed.ts';
import { doAnonymousPage } from './anonymous.ts';
import { raiseAccessFlags } from './access-flags.ts';
import { decidePteFault } from './decide-pte.ts';
import type { FaultResult } from './fault-result.ts';
import { handlePteMarker } from './marker.ts';
import { doFault } from './file.ts';
import { doHugePmdAnonymousPage, handleHugePmd } from './huge.ts';
import { doNumaPage } from './numa.ts';
import { doSwapPage } from './swap.ts';
import { doWpPage } from './write-protect.ts';

/** As {@link FaultResult}; `major` if the page had to be read from a device (VM_FAULT_MAJOR). */
type Resolution = FaultResult | 'major';

/**
 * Resolves a page fault at page `vpn`, and counts it if that succeeds.
 *
 * @throws UnsupportedError for states that the model does not resolve yet.
 * @kernel mm/memory.c handle_mm_fault, mm_account_fault
 */
export function handleMmFault(mm: AddressSpace, vpn: number, kind: AccessKind): FaultResult {
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined || !accessAllowed(mm, vma, kind)) return 'SIGSEGV';
  mm.events.faults++;
  const result = resolve(mm, vma, vpn, kind);
  if (result === 'ok') mm.minFlt++;
  if (result !== 'major') return result;
  mm.majFlt++;
  return 'ok';
}

/** @kernel mm/memory.c __handle_mm_fault */
function resolve(mm: AddressSpace, vma: Vma, vpn: number, kind: AccessKind): Resolution {
  const write = kind === 'write';
  const pmd = mm.pmd(vpn);
  if (pmd instanceof HugePmd) {
    const result = handleHugePmd(mm, vma, pmd, vpn, write);
    if (result !== 'split') return result;
  } else if (pmd === undefined && doHugePmdAnonymousPage(mm, vma, vpn, write)) return 'ok';
  return handlePteFault(mm, vma, vpn, write);
}

const original: Pte = makePte();

function handlePteFault(mm: AddressSpace, vma: Vma, vpn: number, write: boolean): Resolution {
  const { arch } = mm.system;
  const table = mm.table(vpn);
  if (table === undefined) return doPteMissing(mm, vma, vpn, write, false);
  const index = vpn - table.base;
  arch.ptepGet(mm, table, index, original);
  switch (decidePteFault(mm, original, write)) {
    case 'missing':
      return doPteMissing(mm, vma, vpn, write, false);
    case 'absent':
      return handleAbsent(mm, vma, vpn, table, write);
    case 'numa-hint':
      doNumaPage(mm, vma, table, index);
      return 'ok';
    case 'write-protect':
      return doWpPage(mm, vma, table, index, original);
    case 'access-flags':
      raiseAccessFlags(mm, table, index, original, write);
      return 'ok';
  }
}

/** A fault on an entry that maps nothing and is not empty: a marker, or a page that is elsewhere. */
function handleAbsent(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
  write: boolean,
): Resolution {
  const entry = mm.system.arch.decodeNonPresent(original);
  if (entry.kind === 'swap') return doSwapPage(mm, vma, vpn, table, entry, write);
  if (isMigration(entry.kind)) return 'migration';
  if (entry.kind !== 'marker') throw new UnsupportedError(`a fault on a ${entry.kind} entry`);
  const marker = handlePteMarker(mm, vma, table, vpn - table.base, entry.offset);
  if (marker === 'SIGBUS' || marker === 'SIGSEGV') return marker;
  return marker === 'empty' ? 'ok' : doPteMissing(mm, vma, vpn, write, true);
}

/** A fault on an empty slot. */
function doPteMissing(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
  writeProtected: boolean,
): Resolution {
  if (!vmaIsAnonymous(vma)) return doFault(mm, vma, vpn, write, writeProtected);
  return doAnonymousPage(mm, vma, vpn, mm.allocTable(vpn), write, writeProtected);
}
