import { makePte, type AccessKind, type HardwareAccess, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { faultWaits, type FaultWait } from './fault-result.ts';
import { handleMmFault } from './handle.ts';

/** What one memory access of the program did. */
export interface AccessResult {
  /** Page faults that it took. */
  readonly faults: number;
  /** Signal that ended it, or null. */
  readonly signal: 'SIGSEGV' | 'SIGBUS' | null;
  /** Set if it waits, for what: nothing was read or written yet, the access is to be tried again. */
  readonly waits?: FaultWait;
}

const walked: Pte = makePte();

/** More faults than this on one access mean that the model does not make progress. */
const MAX_FAULTS = 8;

/** Faults after which a translation that still refuses the access has made room for others. */
const EVICTED_AFTER = 4;

function hardwareWalk(mm: AddressSpace, vpn: number, kind: AccessKind): HardwareAccess {
  if (mm.tlb !== null) return mm.tlb.access(vpn, kind);
  const pmd = mm.pmd(vpn);
  if (pmd === undefined) return 'translation';
  const { arch } = mm.system;
  if (pmd instanceof HugePmd) return arch.hardwareAccessPmd(pmd.entry, kind);
  return arch.hardwareAccess(pmd, vpn - pmd.base, kind);
}

/**
 * Reads or writes one page as the program does: the CPU walks the tables, faults are resolved, the
 * access is retried. With a TLB the CPU asks that first, and may be told what is no longer true.
 */
export function accessPage(mm: AddressSpace, vpn: number, kind: AccessKind): AccessResult {
  for (let faults = 0; faults <= MAX_FAULTS; faults++) {
    if (hardwareWalk(mm, vpn, kind) === 'ok') return { faults, signal: null };
    // Nobody flushes after some upgrade: real hardware would fault until the entry is replaced.
    if (faults === EVICTED_AFTER) mm.tlb?.evict(vpn);
    const result = handleMmFault(mm, vpn, kind);
    mm.tlb?.checkFault(vpn);
    if (faultWaits(result)) {
      // A fault on a migration entry is over when the wait is; userfaultfd's is taken once more.
      return { faults: result === 'migration' ? faults + 1 : faults, signal: null, waits: result };
    }
    if (result !== 'ok') return { faults, signal: result };
  }
  throw new Error(`${kind} of page ${vpn} still faults after ${MAX_FAULTS} faults`);
}

/** Frame that an access to page `vpn` reaches: what the TLB says, or else the page table. */
function mappedFrame(mm: AddressSpace, vpn: number): number {
  const cached = mm.tlb?.frame(vpn) ?? null;
  if (cached !== null) return cached;
  const { arch } = mm.system;
  const pmd = mm.pmd(vpn);
  if (pmd === undefined) throw new RangeError(`page ${vpn} is not mapped`);
  if (pmd instanceof HugePmd) return arch.pmdPfn(pmd.entry) + (vpn - pmd.base);
  pmd.peek(vpn - pmd.base, walked);
  return arch.ptePfn(walked);
}

/** {@link accessPage} for writing, and what the page holds afterwards. */
function writePage(
  mm: AddressSpace,
  vpn: number,
  contentAfter: (before: number) => number,
): AccessResult {
  const result = accessPage(mm, vpn, 'write');
  if (result.signal !== null || result.waits !== undefined) return result;
  const { memmap } = mm.system;
  const pfn = mappedFrame(mm, vpn);
  memmap.setContent(pfn, contentAfter(memmap.content(pfn)));
  return result;
}

/** Writes one byte into a page: {@link accessPage}, and the page holds the byte afterwards. */
export function storeByte(
  mm: AddressSpace,
  vpn: number,
  offset: number,
  byte: number,
): AccessResult {
  const { contents } = mm.system.memmap;
  return writePage(mm, vpn, (before) => contents.stored(before, offset, byte));
}

/** Fills a page with one byte. */
export function fillPage(mm: AddressSpace, vpn: number, byte: number): AccessResult {
  const { contents } = mm.system.memmap;
  return writePage(mm, vpn, () => contents.filled(byte));
}
