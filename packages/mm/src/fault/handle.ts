import {
  makePte,
  VM_EXEC,
  VM_READ,
  VM_WRITE,
  type AccessKind,
  type Pte,
  type PteTable,
} from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { UnsupportedError } from '../unsupported.ts';
import { VM_ACCESS_FLAGS } from '../vma/flags.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { doAnonymousPage } from './anonymous.ts';
import { handlePteMarker } from './marker.ts';
import { doFault } from './file.ts';
import { doHugePmdAnonymousPage, doHugePmdWpPage } from './huge.ts';
import { doHugePmdNumaPage, doNumaPage } from './numa.ts';
import { doSwapPage } from './swap.ts';
import { doWpPage } from './write-protect.ts';

/** How a fault ended: resolved, or with a signal to the process. */
export type FaultResult = 'ok' | 'SIGSEGV' | 'SIGBUS';

/** True if the VMA allows the access. Writable or executable memory may also be read. */
function accessAllowed(mm: AddressSpace, vma: Vma, kind: AccessKind): boolean {
  if (kind === 'write') return (vma.flags & VM_WRITE) !== 0;
  if (kind === 'exec') return (vma.flags & VM_EXEC) !== 0;
  const executeOnly = (vma.flags & VM_ACCESS_FLAGS) === VM_EXEC;
  if (executeOnly && (vma.pkey !== 0 || !readsExecuteOnly(mm))) return false;
  return (vma.flags & (VM_READ | VM_WRITE | VM_EXEC)) !== 0;
}

/** False where the page protection of PROT_EXEC alone keeps user reads out (arm64 EPAN). */
function readsExecuteOnly(mm: AddressSpace): boolean {
  const { arch } = mm.system;
  return arch.vmGetPageProt(VM_EXEC) === arch.vmGetPageProt(VM_EXEC | VM_READ);
}

/**
 * Resolves a page fault at page `vpn`.
 *
 * @throws UnsupportedError for states that the model does not resolve yet.
 * @kernel mm/memory.c handle_mm_fault, __handle_mm_fault
 */
export function handleMmFault(mm: AddressSpace, vpn: number, kind: AccessKind): FaultResult {
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined || !accessAllowed(mm, vma, kind)) return 'SIGSEGV';
  mm.events.faults++;
  const write = kind === 'write';
  const pmd = mm.pmd(vpn);
  if (pmd instanceof HugePmd) {
    if (!mm.system.arch.ptePresent(pmd.entry.bits)) {
      throw new UnsupportedError('a fault on a huge migration entry');
    }
    if (handleHugePmd(mm, vma, pmd, write)) return 'ok';
  } else if (pmd === undefined && doHugePmdAnonymousPage(mm, vma, vpn, write)) return 'ok';
  return handlePteFault(mm, vma, vpn, write);
}

/** A fault on a huge page. Returns false if it was split and the fault goes on at the level below. */
function handleHugePmd(mm: AddressSpace, vma: Vma, pmd: HugePmd, write: boolean): boolean {
  const { arch } = mm.system;
  if (arch.pteProtnone(pmd.entry.bits)) {
    doHugePmdNumaPage(mm, vma, pmd);
    return true;
  }
  if (write && !arch.pteWrite(pmd.entry.bits)) return doHugePmdWpPage(mm, vma, pmd);
  const bits = arch.pteMkyoung(pmd.entry.bits);
  arch.pmdpSetAccessFlags(mm, pmd.base, pmd.entry, write ? arch.pteMkdirty(bits) : bits, write);
  return true;
}

const original: Pte = makePte();

function handlePteFault(mm: AddressSpace, vma: Vma, vpn: number, write: boolean): FaultResult {
  const { arch } = mm.system;
  const table = mm.table(vpn);
  if (table === undefined) return doPteMissing(mm, vma, vpn, write, false);
  const index = vpn - table.base;
  arch.ptepGet(mm, table, index, original);
  if (!arch.ptePresent(original.bits)) return handleAbsent(mm, vma, vpn, table, write);
  if (arch.pteProtnone(original.bits)) {
    doNumaPage(mm, vma, table, index);
    return 'ok';
  }
  if (write && !arch.pteWrite(original.bits)) return doWpPage(mm, vma, table, index, original);
  let bits = arch.pteMkyoung(original.bits);
  if (write) bits = arch.pteMkdirty(bits);
  const entry = { pfn: original.pfn, bits };
  const changed = arch.ptepSetAccessFlags(mm, table, index, entry, write);
  if (!changed && write) arch.flushTlbFixSpuriousFault(mm, vpn);
  return 'ok';
}

/** A fault on an entry that maps nothing: empty, a marker, or a page that is elsewhere. */
function handleAbsent(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
  write: boolean,
): FaultResult {
  const { arch } = mm.system;
  let writeProtected = false;
  if (!arch.pteNone(original)) {
    const entry = arch.decodeNonPresent(original);
    if (entry.kind === 'swap') return doSwapPage(mm, vma, vpn, table, entry, write);
    if (entry.kind !== 'marker') throw new UnsupportedError(`a fault on a ${entry.kind} entry`);
    const marker = handlePteMarker(mm, vma, table, vpn - table.base, entry.offset);
    if (marker === 'SIGBUS' || marker === 'SIGSEGV') return marker;
    if (marker === 'empty') return 'ok';
    writeProtected = true;
  }
  return doPteMissing(mm, vma, vpn, write, writeProtected);
}

/** A fault on an empty slot. */
function doPteMissing(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
  writeProtected: boolean,
): FaultResult {
  if (!vmaIsAnonymous(vma)) return doFault(mm, vma, vpn, write, writeProtected);
  return doAnonymousPage(mm, vma, vpn, mm.allocTable(vpn), write, writeProtected);
}
