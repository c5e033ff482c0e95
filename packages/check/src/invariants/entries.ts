import { userfaultfdWpUseMarkers } from '@ptelab/mm';
import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from '@ptelab/mprotect';
import {
  makePte,
  MARKER_GUARD,
  MARKER_POISONED,
  MARKER_UFFD_WP,
  markerEntry,
  rawHex,
  type NonPresentEntry,
  type Pte,
} from '@ptelab/pte';
import { contBit, fixedBits, raisedLike } from '../call/entry-bits.ts';
import type { JudgedCall } from '../call/judged-call.ts';
import type { Invariant } from './invariant.ts';

const old = makePte();
const now = makePte();

export const frameKept: Invariant = {
  name: 'frame-kept',
  rule: 'Each present entry maps the same page before and after.',
  reason: 'Two addresses would show one page, and one page would be lost.',
  severity: 'safety',
  check({ arch, before, after, from, to }) {
    for (let slot = from; slot < to; slot++) {
      before.read(slot, old);
      after.read(slot, now);
      if (!arch.ptePresent(old.bits) || !arch.ptePresent(now.bits)) continue;
      const [was, is] = [arch.ptePfn(old), arch.ptePfn(now)];
      if (was === is) continue;
      return { slot, text: `mapped page 0x${was.toString(16)} and maps 0x${is.toString(16)}` };
    }
    return null;
  },
};

export const kindKept: Invariant = {
  name: 'kind-kept',
  rule: 'Present entries stay present, special ones special, and the others what they were.',
  reason: 'A mapping, a swapped page or a guard would vanish.',
  severity: 'safety',
  check({ arch, before, after, from, to }) {
    for (let slot = from; slot < to; slot++) {
      before.read(slot, old);
      after.read(slot, now);
      const present = arch.ptePresent(old.bits);
      if (present !== arch.ptePresent(now.bits)) {
        return { slot, text: present ? 'was present and is not' : 'was not present and is' };
      }
      if (present && arch.pteSpecial(old.bits) !== arch.pteSpecial(now.bits)) {
        return { slot, text: 'changed between special and not' };
      }
    }
    return null;
  },
};

/** What a protection change makes of an entry that is not present; null: it becomes empty. */
function notPresentRule(
  call: JudgedCall,
  slot: number,
  entry: NonPresentEntry,
): NonPresentEntry | null {
  const { cpFlags, pages } = call;
  const resolves = (cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0;
  if (entry.kind === 'marker') {
    const kept = (entry.offset & (MARKER_GUARD | MARKER_POISONED)) !== 0;
    return !kept && resolves && (entry.offset & MARKER_UFFD_WP) !== 0 ? null : entry;
  }
  let changed = entry;
  if (entry.kind === 'migration-write') {
    const kind = pages.anon[slot] === 1 ? 'migration-read-exclusive' : 'migration-read';
    changed = { ...entry, kind, uffdWp: false, exclusive: false };
  }
  if ((cpFlags & MM_CP_UFFD_WP) !== 0) return { ...changed, uffdWp: true };
  return resolves ? { ...changed, uffdWp: false } : changed;
}

const wanted = makePte();

/** Writes to `out` what the entry of `slot`, which is not present, must become. */
export function changedNotPresent(call: JudgedCall, slot: number, out: Pte): void {
  const { arch, vma, cpFlags } = call;
  call.before.read(slot, out);
  if (arch.pteNone(out)) {
    const marks = (cpFlags & MM_CP_UFFD_WP) !== 0 && userfaultfdWpUseMarkers(call.mm, vma);
    if (marks) arch.encodeNonPresent(markerEntry(MARKER_UFFD_WP), out);
    return;
  }
  const entry = notPresentRule(call, slot, arch.decodeNonPresent(out));
  if (entry !== null) arch.encodeNonPresent(entry, out);
  else out.pfn = out.bits = 0;
}

export const notPresentChanged: Invariant = {
  name: 'not-present-rule',
  rule: 'Entries that are not present change as in every release: only writable ones, and marks.',
  reason: 'An exclusive page in migration must come back exclusive; markers and swap slots stay.',
  severity: 'safety',
  check(call) {
    const { arch, before, after, from, to } = call;
    for (let slot = from; slot < to; slot++) {
      if (arch.ptePresent(before.at(slot))) continue;
      changedNotPresent(call, slot, wanted);
      after.read(slot, now);
      if (arch.ptePresent(now.bits)) continue;
      if (now.pfn === wanted.pfn && now.bits === wanted.bits) continue;
      return { slot, text: `is ${rawHex(now)}, expected ${rawHex(wanted)}` };
    }
    return null;
  },
};

/** A neighbour's entry may have been unfolded, and accessed and dirty gathered over its block. */
function neighbourChanged(call: JudgedCall, slot: number): boolean {
  const { arch, before, after } = call;
  before.read(slot, old);
  after.read(slot, now);
  if (old.pfn === now.pfn && old.bits === now.bits) return false;
  if (old.pfn !== now.pfn || !arch.pteValidCont(old.bits)) return true;
  return raisedLike(arch, contBit(arch), old.bits, now.bits) !== now.bits;
}

export const neighboursKept: Invariant = {
  name: 'neighbours-kept',
  rule: 'Entries outside the range of the call keep their frame and permissions.',
  reason: 'They belong to another VMA, or to nobody.',
  severity: 'safety',
  check(call) {
    // Of a window that is only a part, the rest of the call may have changed the neighbours.
    if (call.counted === null) return null;
    for (let slot = 0; slot < call.slots; slot++) {
      if (slot >= call.from && slot < call.to) continue;
      if (neighbourChanged(call, slot)) return { slot, text: 'changed, outside the range' };
    }
    return null;
  },
};

/** First slot of a contiguous block that is not one, or -1. */
function brokenBlock({ arch, after, slots, base }: JudgedCall): number {
  const nr = arch.contPtes;
  const cont = contBit(arch);
  for (let slot = 0; slot < slots; slot++) {
    const bits = after.at(slot);
    if (!arch.pteValidCont(bits)) continue;
    const inBlock = (base + slot) % nr;
    after.read(slot, now);
    if (arch.ptePfn(now) % nr !== inBlock) return slot;
    if (inBlock === 0) continue;
    const before = slot - 1;
    if (before < 0) continue;
    const left = after.at(before);
    const same =
      arch.pteValidCont(left) && fixedBits(arch, cont, left) === fixedBits(arch, cont, bits);
    const inRow = (after.pfn[before] ?? 0) + arch.pfnWordStep(bits) === now.pfn;
    if (!same || !inRow || arch.pteWrite(left) !== arch.pteWrite(bits)) return slot;
  }
  return -1;
}

export const contiguousBlocks: Invariant = {
  name: 'contiguous-blocks',
  rule: 'Entries with the contiguous bit form whole aligned blocks of equal permissions.',
  reason: 'Hardware may use any entry of a block for all of its pages.',
  severity: 'safety',
  check(call) {
    if (call.arch.contPtes === 1) return null;
    const slot = brokenBlock(call);
    return slot < 0 ? null : { slot, text: 'has the contiguous bit and is part of no block' };
  },
};
