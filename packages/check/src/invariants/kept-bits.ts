import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from '@ptelab/mprotect';
import type { JudgedCall } from '../call/judged-call.ts';
import type { Finding, Invariant } from './invariant.ts';

/** The first slot of the call whose entry had a bit before and has lost it. */
function firstLoss(
  call: JudgedCall,
  has: (bits: number) => boolean,
  text: string,
): Omit<Finding, 'invariant'> | null {
  const { arch, before, after } = call;
  for (let slot = call.from; slot < call.to; slot++) {
    const old = before.at(slot);
    if (!arch.ptePresent(old) || !has(old)) continue;
    const bits = after.at(slot);
    // An entry that is gone altogether is another rule's business.
    if (arch.ptePresent(bits) && !has(bits)) return { slot, text };
  }
  return null;
}

export const dirtyKept: Invariant = {
  name: 'dirty-kept',
  rule: 'A dirty entry stays dirty.',
  reason: 'A modified page would be dropped as clean.',
  severity: 'safety',
  check: (call) => firstLoss(call, (bits) => call.arch.pteDirty(bits), 'was dirty and is clean'),
};

export const raceKept: Invariant = {
  name: 'hardware-dirty-kept',
  rule: 'What hardware marks dirty until the entry is taken out stays dirty.',
  reason: 'A store between the first look and the change would be lost.',
  severity: 'safety',
  check(call) {
    const { arch, before, after, log } = call;
    if (!log.raced) return null;
    for (const { slot: first, nr } of log.starts) {
      for (let slot = first; slot < first + nr; slot++) {
        if (!arch.ptePresent(before.at(slot)) || !arch.ptePresent(after.at(slot))) continue;
        if (!arch.pteWrite(before.at(slot)) || arch.pteDirty(after.at(slot))) continue;
        return { slot, text: 'was written while the call ran and is clean' };
      }
    }
    return null;
  },
};

export const youngKept: Invariant = {
  name: 'young-kept',
  rule: 'An accessed entry stays accessed.',
  reason: 'Reclaim would take a page in use for an idle one.',
  severity: 'quality',
  check: (call) => firstLoss(call, (bits) => call.arch.pteYoung(bits), 'was young and is old'),
};

export const softDirtyKept: Invariant = {
  name: 'soft-dirty-kept',
  rule: 'A soft-dirty entry stays soft-dirty.',
  reason: 'A checkpoint would skip a modified page.',
  severity: 'safety',
  check: (call) =>
    firstLoss(call, (bits) => call.arch.pteSoftDirty(bits), 'was soft-dirty and is not'),
};

export const uffdWpKept: Invariant = {
  name: 'uffd-wp-kept',
  rule: "userfaultfd's mark changes only where the call is userfaultfd's own.",
  reason: 'The monitor would miss a write, or see one that it never asked for.',
  severity: 'safety',
  check(call) {
    const { arch, before, after, cpFlags } = call;
    const resolves = (cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0;
    for (let slot = call.from; slot < call.to; slot++) {
      const [old, bits] = [before.at(slot), after.at(slot)];
      if (!arch.ptePresent(old) || !arch.ptePresent(bits)) continue;
      const wanted = (cpFlags & MM_CP_UFFD_WP) !== 0 || (!resolves && arch.pteUffdWp(old));
      if (arch.pteUffdWp(bits) === wanted) continue;
      return { slot, text: wanted ? 'lost its userfaultfd mark' : 'has a userfaultfd mark' };
    }
    return null;
  },
};
