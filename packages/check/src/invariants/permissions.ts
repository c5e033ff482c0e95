import { isShared, userfaultfdWp, vmaWritable } from '@ptelab/mm';
import { makePte, VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import { isPrivate, tracksSoftDirty, type JudgedCall } from '../call/judged-call.ts';
import type { Finding, Invariant } from './invariant.ts';

/** The first slot of the call with a present entry for which `wrong` has something to say. */
function firstPresent(
  call: JudgedCall,
  wrong: (bits: number, slot: number) => string | null,
): Omit<Finding, 'invariant'> | null {
  const { arch, after } = call;
  for (let slot = call.from; slot < call.to; slot++) {
    const bits = after.at(slot);
    if (!arch.ptePresent(bits)) continue;
    const text = wrong(bits, slot);
    if (text !== null) return { slot, text };
  }
  return null;
}

export const exclusiveWritable: Invariant = {
  name: 'exclusive-writable',
  rule: 'A writable entry of a private mapping maps an exclusive anonymous page.',
  reason: 'Sharing after fork relies on a write fault to copy the page.',
  severity: 'safety',
  check(call) {
    if (!isPrivate(call)) return null;
    return firstPresent(call, (bits, slot) =>
      call.arch.pteWrite(bits) && call.pages.anon[slot] === 1 && call.pages.exclusive[slot] === 0
        ? 'is writable; its anonymous page is not exclusive'
        : null,
    );
  },
};

export const foreignNotWritable: Invariant = {
  name: 'foreign-not-writable',
  rule: 'A private mapping never has a writable entry to a file page, a KSM page or the zero page.',
  reason: 'Writes would reach the page cache or a page that everybody reads.',
  severity: 'safety',
  check(call) {
    if (!isPrivate(call)) return null;
    return firstPresent(call, (bits, slot) =>
      call.arch.pteWrite(bits) && call.pages.anon[slot] === 0
        ? 'is writable; its page is not anonymous'
        : null,
    );
  },
};

export const permissionCeiling: Invariant = {
  name: 'permission-ceiling',
  rule: 'No entry allows what the VMA does not.',
  reason: 'The permission that mprotect promised would not be enforced.',
  severity: 'safety',
  check(call) {
    const { arch, vma } = call;
    const noAccess = (vma.flags & (VM_READ | VM_WRITE | VM_EXEC)) === 0;
    const template = makePte();
    arch.pfnPte(0, call.newprot, template);
    return firstPresent(call, (bits) => {
      if (arch.pteWrite(bits) && !vmaWritable(vma)) return 'is writable in a read-only VMA';
      return noAccess && !arch.pteProtnone(bits) ? 'is accessible in a VMA without access' : null;
    });
  },
};

export const sharedCleanNotified: Invariant = {
  name: 'shared-write-notified',
  rule: 'Where the first write must be noticed, a writable shared entry is dirty.',
  reason: 'The file system is asked before a clean page is written.',
  severity: 'safety',
  check(call) {
    const { arch, vma } = call;
    if (!isShared(vma) || arch.pteWrite(call.newprot)) return null;
    return firstPresent(call, (bits, slot) =>
      arch.pteWrite(bits) && !arch.pteDirty(bits) && !arch.pteWrite(call.before.at(slot))
        ? 'became writable while clean'
        : null,
    );
  },
};

export const softDirtyTracked: Invariant = {
  name: 'soft-dirty-tracked',
  rule: 'With soft-dirty tracking on, an entry that is not soft-dirty is not writable.',
  reason: 'The next write must fault to be recorded.',
  severity: 'safety',
  check(call) {
    if (!tracksSoftDirty(call)) return null;
    return firstPresent(call, (bits) =>
      call.arch.pteWrite(bits) && !call.arch.pteSoftDirty(bits)
        ? 'is writable and not soft-dirty, with tracking on'
        : null,
    );
  },
};

export const uffdWpEnforced: Invariant = {
  name: 'uffd-wp-enforced',
  rule: 'An entry that userfaultfd protects is not writable.',
  reason: 'The monitor would miss the write.',
  severity: 'safety',
  check(call) {
    if (!userfaultfdWp(call.vma)) return null;
    return firstPresent(call, (bits) =>
      call.arch.pteUffdWp(bits) && call.arch.pteWrite(bits)
        ? 'is writable and protected by userfaultfd'
        : null,
    );
  },
};
