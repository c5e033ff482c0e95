import { VM_READ, type Arch } from '@ptelab/pte';

/** The contiguous bit of an architecture, 0 where there is none. */
export function contBit(arch: Arch): number {
  // Taken from a valid entry: some releases also set the type bits, which such an entry has.
  const valid = arch.vmGetPageProt(VM_READ);
  return arch.contPtes > 1 ? arch.pteMkcont(valid) ^ valid : 0;
}

/**
 * Bits of a present entry without those that a batch may change on the way: write, dirty, accessed,
 * soft-dirty and the contiguous bit. What is left must come out as if each entry were changed alone.
 */
export function fixedBits(arch: Arch, cont: number, bits: number): number {
  const plain = arch.pteMkold(arch.pteMkclean(arch.pteWrprotect(bits)));
  return arch.pteClearSoftDirty(plain) & ~cont;
}

/** `bits` with accessed and dirty wherever `like` has them, and the contiguous bit of `like`. */
export function raisedLike(arch: Arch, cont: number, bits: number, like: number): number {
  let raised = bits;
  if (arch.pteYoung(like)) raised = arch.pteMkyoung(raised);
  if (arch.pteDirty(like) && !arch.pteDirty(raised)) {
    const softDirty = arch.pteSoftDirty(raised);
    raised = arch.pteMkdirty(raised);
    if (!softDirty) raised = arch.pteClearSoftDirty(raised);
  }
  return (raised & ~cont) | (like & cont);
}
