import {
  executeOnlyPkey,
  MmuGather,
  VM_ACCESS_FLAGS,
  VM_GROWSDOWN,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import { mprotectFixup, type NewProtection } from './fixup.ts';
import { kernelStrategy } from './strategies/built-in.ts';
import type { Strategy } from './strategy.ts';

/** Page can be used for atomic operations: accepted and ignored. */
export const PROT_SEM = 0x8;
/** Extend the change to the start of a growsdown VMA. */
export const PROT_GROWSDOWN = 0x01000000;
/** Extend the change to the end of a growsup VMA; no architecture here has one. */
export const PROT_GROWSUP = 0x02000000;

const ADDRESS_SPACE_END = 2 ** 64;

/** Error numbers that mprotect returns, by name. */
export type MprotectError = 'EACCES' | 'EINVAL' | 'ENOMEM' | 'EPERM';

/** What {@link mprotect} did. */
export interface MprotectResult {
  /** Why it failed, or null. VMAs before the failing one stay changed. */
  readonly error: MprotectError | null;
  /** Pages whose entries were changed, as the kernel counts them. */
  readonly pages: number;
}

/** Arguments of {@link mprotect}. */
export interface MprotectArgs {
  /** First byte; must be page aligned. */
  readonly start: number;
  /** Bytes, rounded up to pages. Up to 2^64. */
  readonly length: number;
  /** VM_READ, VM_WRITE, VM_EXEC (the values of PROT_READ …) and the PROT flags. */
  readonly prot: number;
  /** Protection key; absent for plain `mprotect`. */
  readonly pkey?: number;
  /** @defaultValue the strategy of the machine's kernel release */
  readonly strategy?: Strategy;
}

interface Window {
  readonly start: number;
  readonly end: number;
}

/** The argument checks, in the kernel's order. Pages, or how the call ends at once. */
function checkArguments(mm: AddressSpace, args: MprotectArgs): Window | MprotectError | 'nothing' {
  const pageBytes = 2 ** mm.system.arch.pageShift;
  const grows = args.prot & (PROT_GROWSDOWN | PROT_GROWSUP);
  const prot = args.prot & ~(PROT_GROWSDOWN | PROT_GROWSUP);
  if (grows === (PROT_GROWSDOWN | PROT_GROWSUP)) return 'EINVAL';
  if (args.start % pageBytes !== 0) return 'EINVAL';
  if (args.length === 0) return 'nothing';
  const nr = Math.ceil(args.length / pageBytes);
  if (args.start + nr * pageBytes >= ADDRESS_SPACE_END) return 'ENOMEM';
  if ((prot & ~(VM_ACCESS_FLAGS | PROT_SEM)) !== 0) return 'EINVAL';
  if (args.pkey !== undefined && !mm.pkeys.has(args.pkey)) return 'EINVAL';
  const start = args.start / pageBytes;
  const first = mm.vmas.findFrom(start);
  if (first === undefined || first.start >= start + nr) return 'ENOMEM';
  if (grows === PROT_GROWSDOWN) {
    if ((first.flags & VM_GROWSDOWN) === 0) return 'EINVAL';
    return { start: first.start, end: start + nr };
  }
  if (first.start > start) return 'ENOMEM';
  return grows === PROT_GROWSUP ? 'EINVAL' : { start, end: start + nr };
}

/**
 * Protection key of the changed range. Execution alone takes the execute-only key where there is
 * one; leaving that state gives it back.
 *
 * @kernel arch/x86/mm/pkeys.c __arch_override_mprotect_pkey
 */
function overridePkey(mm: AddressSpace, vma: Vma, prot: number, pkey: number | undefined): number {
  if (pkey !== undefined) return pkey;
  if (prot === VM_EXEC) {
    const key = executeOnlyPkey(mm);
    if (key > 0) return key;
  }
  const executeOnly = (vma.flags & VM_ACCESS_FLAGS) === VM_EXEC;
  return executeOnly && vma.pkey !== 0 && vma.pkey === mm.executeOnlyPkey ? 0 : vma.pkey;
}

/** New flags of one VMA, or why it may not have them. */
function newProtection(mm: AddressSpace, vma: Vma, args: MprotectArgs): NewProtection | 'EACCES' {
  let prot = args.prot & VM_ACCESS_FLAGS;
  const asked = args.prot & ~(PROT_GROWSDOWN | PROT_GROWSUP);
  const pkey = overridePkey(mm, vma, asked, args.pkey);
  if (mm.readImpliesExec && (prot & VM_READ) !== 0 && ((vma.flags >> 4) & VM_EXEC) !== 0) {
    prot |= VM_EXEC;
  }
  const flags = (vma.flags & ~VM_ACCESS_FLAGS) | prot;
  if ((flags & ~(flags >> 4) & VM_ACCESS_FLAGS) !== 0) return 'EACCES';
  const gainsExec = (flags & VM_EXEC) !== 0 && (vma.flags & VM_EXEC) === 0;
  const writeExec = (flags & (VM_WRITE | VM_EXEC)) === (VM_WRITE | VM_EXEC);
  if (mm.denyWriteExec && (gainsExec || writeExec)) return 'EACCES';
  return { flags, pkey };
}

/**
 * The mprotect system call: changes the protection of all VMAs in a range, one after the other.
 *
 * @kernel mm/mprotect.c do_mprotect_pkey (6.12 .. 7.3)
 */
export function mprotect(mm: AddressSpace, args: MprotectArgs): MprotectResult {
  const window = checkArguments(mm, args);
  if (window === 'nothing') return { error: null, pages: 0 };
  if (typeof window === 'string') return { error: window, pages: 0 };
  const gather = new MmuGather(mm);
  const result = changeVmas(mm, gather, window, args);
  gather.finish();
  return result;
}

function changeVmas(
  mm: AddressSpace,
  gather: MmuGather,
  window: Window,
  args: MprotectArgs,
): MprotectResult {
  const strategy = args.strategy ?? kernelStrategy(mm.system.arch.kernel);
  let pages = 0;
  let at = window.start;
  while (at < window.end) {
    const vma = mm.vmas.findFrom(at);
    if (vma === undefined || vma.start > at) return { error: 'ENOMEM', pages };
    const wanted = newProtection(mm, vma, args);
    if (wanted === 'EACCES') return { error: wanted, pages };
    const end = Math.min(vma.end, window.end);
    const fixed = mprotectFixup(mm, gather, vma, at, end, wanted, strategy);
    if (typeof fixed === 'string') return { error: fixed, pages };
    pages += fixed.pages;
    at = Math.max(end, fixed.vma.end);
  }
  return { error: null, pages };
}
