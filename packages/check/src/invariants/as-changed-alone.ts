import { makePte, rawHex } from '@ptelab/pte';
import { contBit, fixedBits } from '../call/entry-bits.ts';
import type { JudgedCall } from '../call/judged-call.ts';
import type { Finding, Invariant } from './invariant.ts';
import { changedAlone, mayBecomeWritable } from './per-pte-rule.ts';

/*
 * The allowed relation between strategies: each entry comes out as if it were changed alone, but for
 * what a batch may spread. Accessed and dirty may come from another page of the same folio; on
 * x86-64 marking dirty also marks soft-dirty; and write permission may follow from the bits so
 * gained. Write permission may also be left out: that costs a fault and nothing else.
 */

const before = makePte();
const alone = makePte();
const now = makePte();

/** True if a batch around `slot` may have spread the bit that `has` looks for: its own, or a sibling's. */
function mayHaveSpread(call: JudgedCall, slot: number, has: (bits: number) => boolean): boolean {
  const { arch, pages } = call;
  const head = pages.head[slot] ?? -1;
  if (head < 0) return false;
  let siblings = 0;
  let found = false;
  for (let other = 0; other < call.slots; other++) {
    if (pages.head[other] !== head) continue;
    const bits = call.before.at(other);
    if (!arch.ptePresent(bits)) continue;
    // Neighbours outside the range take part where they share a contiguous block, before or after.
    const inside = other >= call.from && other < call.to;
    const block = arch.pteValidCont(bits) || arch.pteValidCont(call.after.at(other));
    if (!inside && !block) continue;
    if (other !== slot) siblings++;
    found ||= has(bits) || (call.log.raced && arch.pteWrite(bits));
  }
  return found && siblings > 0;
}

function judge(call: JudgedCall, cont: number, slot: number): string | null {
  const { arch } = call;
  const raced = call.log.raced && arch.pteWrite(before.bits);
  if (fixedBits(arch, cont, now.bits) !== fixedBits(arch, cont, alone.bits)) {
    return `is ${rawHex(now)}, alone it would be ${rawHex(alone)}`;
  }
  const dirty = (bits: number): boolean => arch.pteDirty(bits);
  const gains = (has: (bits: number) => boolean): boolean => has(now.bits) && !has(alone.bits);
  if (gains(dirty) && !raced && !mayHaveSpread(call, slot, dirty)) {
    return 'became dirty, and no page of its folio was';
  }
  const young = (bits: number): boolean => arch.pteYoung(bits);
  if (gains(young) && !raced && !mayHaveSpread(call, slot, young)) {
    return 'became young, and no page of its folio was';
  }
  if (gains((bits) => arch.pteSoftDirty(bits)) && !raced && !mayHaveSpread(call, slot, dirty)) {
    return 'became soft-dirty, and no page of its folio was dirty';
  }
  if (gains((bits) => arch.pteWrite(bits)) && !mayBecomeWritable(call, slot, now.bits)) {
    return 'became writable; alone it would not';
  }
  return null;
}

export const asChangedAlone: Invariant = {
  name: 'as-changed-alone',
  rule: 'Each entry comes out as if it were changed alone, but for what a batch may spread.',
  reason:
    'Batching is an optimisation: nobody may be able to tell, beyond late reclaim and extra writeback.',
  severity: 'safety',
  check(call): Omit<Finding, 'invariant'> | null {
    const { arch } = call;
    const cont = contBit(arch);
    for (let slot = call.from; slot < call.to; slot++) {
      call.before.read(slot, before);
      call.after.read(slot, now);
      if (!arch.ptePresent(before.bits) || !arch.ptePresent(now.bits)) continue;
      changedAlone(call, slot, before, alone);
      const text = judge(call, cont, slot);
      if (text !== null) return { slot, text };
    }
    return null;
  },
};

export const upgradeGiven: Invariant = {
  name: 'upgrade-given',
  rule: 'An entry that may become writable does.',
  reason: 'Leaving it read-only is safe and costs one fault at the next write.',
  severity: 'quality',
  check(call) {
    const { arch } = call;
    for (let slot = call.from; slot < call.to; slot++) {
      call.before.read(slot, before);
      call.after.read(slot, now);
      if (!arch.ptePresent(before.bits) || !arch.ptePresent(now.bits)) continue;
      changedAlone(call, slot, before, alone);
      if (arch.pteWrite(alone.bits) && !arch.pteWrite(now.bits)) {
        return { slot, text: 'could be writable and is not' };
      }
    }
    return null;
  },
};
