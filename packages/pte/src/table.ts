/**
 * One page-table entry held in a register: the two words of {@link PteTable}.
 *
 * Registers are mutable and reused, so that walking a table allocates nothing.
 */
export interface Pte {
  /** Raw bits 43:12, signed. Inverted on x86 where the hardware entry is (PROT_NONE). */
  pfn: number;
  /** Raw bits 11:0 in place and 63:44 at 31:12, signed. */
  bits: number;
}

/** Makes a register that holds the empty entry. */
export function makePte(pfn = 0, bits = 0): Pte {
  return { pfn, bits };
}

/**
 * A leaf page table: one pfn word and one bits word per entry.
 *
 * Owned by one address space and mutated in place. Entry `i` maps virtual page `base + i`.
 */
export class PteTable {
  readonly pfn: Int32Array;
  readonly bits: Int32Array;
  /** Virtual page number of entry 0. */
  readonly base: number;

  /** Makes an empty table of `length` entries (512 with 4K pages). */
  constructor(base: number, length: number) {
    this.base = base;
    this.pfn = new Int32Array(length);
    this.bits = new Int32Array(length);
  }

  /** Number of entries. */
  get length(): number {
    return this.bits.length;
  }

  /** Copies the words of entry `index` into `out` without counting a hardware read. */
  peek(index: number, out: Pte): void {
    out.pfn = this.pfn[index] ?? 0;
    out.bits = this.bits[index] ?? 0;
  }

  /** Stores `pte` at `index` without counting a hardware write: for set-up and tests. */
  poke(index: number, pte: Readonly<Pte>): void {
    this.pfn[index] = pte.pfn;
    this.bits[index] = pte.bits;
  }
}
