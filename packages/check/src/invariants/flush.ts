import { makePte } from '@ptelab/pte';
import { contBit, raisedLike } from '../call/entry-bits.ts';
import type { JudgedCall } from '../call/judged-call.ts';
import type { Invariant } from './invariant.ts';

const old = makePte();
const now = makePte();

/**
 * True if the change of a slot's entry obliges a flush, by the architecture's own rule. Accessed and
 * dirty that a batch added take nothing away from what a TLB may hold, so they count as old.
 */
function needsFlush({ arch, before, after }: JudgedCall, cont: number, slot: number): boolean {
  before.read(slot, old);
  after.read(slot, now);
  if (!arch.ptePresent(old.bits) || !arch.ptePresent(now.bits)) return false;
  old.bits = raisedLike(arch, cont, old.bits, now.bits);
  // Some releases ask for a flush whatever changed; an entry that is what it was needs none.
  if (old.bits === now.bits && old.pfn === now.pfn) return false;
  return arch.pteNeedsFlush(old, now);
}

/** Commits made when the last of them that covers `slot` was done. */
function committedAt({ log }: JudgedCall, slot: number): number {
  for (let i = log.commits.length - 1; i >= 0; i--) {
    const commit = log.commits[i];
    if (commit !== undefined && slot >= commit.slot && slot < commit.slot + commit.nr) return i + 1;
  }
  return 0;
}

export const flushCoverage: Invariant = {
  name: 'flush-coverage',
  rule: 'Every entry whose change obliges a flush is flushed, after its commit, before the call ends.',
  reason: 'A CPU could go on using the old permission after mprotect has returned.',
  severity: 'safety',
  check(call) {
    const cont = contBit(call.arch);
    for (let slot = call.from; slot < call.to; slot++) {
      if (!needsFlush(call, cont, slot)) continue;
      const committed = committedAt(call, slot);
      const flushed = call.log.flushes.some(
        ({ start, end, commits }) => slot >= start && slot < end && commits >= committed,
      );
      if (!flushed) return { slot, text: 'changed in a way that obliges a flush, and got none' };
    }
    return null;
  },
};

export const flushNeeded: Invariant = {
  name: 'flush-needed',
  rule: 'A flush covers no entry beyond the first and the last that need it.',
  reason: 'Flushes are the dearest part of a protection change.',
  severity: 'quality',
  check(call) {
    const { flushes, commits } = call.log;
    if (flushes.length === 0 || commits.length === 0) return null;
    // Unfolding a block flushes by itself, whatever becomes of its entries.
    if (call.arch.contPtes > 1) return null;
    let first = Infinity;
    let last = -Infinity;
    for (let slot = call.from; slot < call.to; slot++) {
      if (!needsFlush(call, 0, slot)) continue;
      first = Math.min(first, slot);
      last = slot;
    }
    for (const { start, end } of flushes) {
      const slot = start < first ? start : end - 1 > last ? end - 1 : null;
      if (slot !== null)
        return { slot, text: 'was flushed, and neither it nor what lies beyond needed that' };
    }
    return null;
  },
};
