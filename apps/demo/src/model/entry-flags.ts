import type { PteLayout } from '@ptelab/pte';

/** What the bits of a present entry say, as bits of a {@link TableFrame}'s `flags`. */
export const ENTRY_FLAG = {
  write: 1,
  dirty: 2,
  young: 4,
  softDirty: 8,
  uffdWp: 16,
  /** Present for software only: PROT_NONE, or a NUMA hint. */
  protNone: 32,
  /** The contiguous bit of an entry that the hardware heeds. */
  cont: 64,
  /** The contiguous bit of an entry that is not valid: no hardware looks at it. */
  contInvalid: 128,
} as const;

function readFlags(arch: PteLayout, bits: number): number {
  const marked = arch.contPtes > 1 && arch.pteMkcont(bits) === bits;
  const cont = arch.pteValidCont(bits);
  const { write, dirty, young, softDirty, uffdWp, protNone, contInvalid } = ENTRY_FLAG;
  return (
    (arch.pteWrite(bits) ? write : 0) |
    (arch.pteDirty(bits) ? dirty : 0) |
    (arch.pteYoung(bits) ? young : 0) |
    (arch.pteSoftDirty(bits) ? softDirty : 0) |
    (arch.pteUffdWp(bits) ? uffdWp : 0) |
    (arch.pteProtnone(bits) ? protNone : 0) |
    (cont ? ENTRY_FLAG.cont : marked ? contInvalid : 0)
  );
}

/** Reads flags out of bits words; a table has few different ones, so each is read once. */
export class FlagReader {
  readonly #arch: PteLayout;
  readonly #known = new Map<number, number>();

  constructor(arch: PteLayout) {
    this.#arch = arch;
  }

  /** The {@link ENTRY_FLAG} bits of a present entry. */
  read(bits: number): number {
    const known = this.#known.get(bits);
    if (known !== undefined) return known;
    const flags = readFlags(this.#arch, bits);
    this.#known.set(bits, flags);
    return flags;
  }
}
