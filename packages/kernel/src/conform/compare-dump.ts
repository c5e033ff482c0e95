import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { HugePmd, KPF, PM, pagemapEntry, stablePageFlags, type AddressSpace } from '@ptelab/mm';
import { makePte, PteTable, rawHex, type Pte } from '@ptelab/pte';
import { STORY_BASE_VPN } from '@ptelab/scenario';
import type { DumpStep } from '../recording/types.ts';
import { pagemapFlags, pagemapFrame, wideNumber, wordsOfHex } from '../recording/words.ts';
import type { Difference } from './compare-calls.ts';
import { pmdIndexInDump } from './load-dump.ts';
import type { ClaimedBits, PageSort } from './page-claims.ts';

/** When a recorded value counts as the model's, and what is compared beside entries. */
export interface DumpRules {
  readonly entry: (recorded: Readonly<Pte>, modelled: Readonly<Pte>) => boolean;
  readonly frame: (recorded: number, modelled: number) => boolean;
  readonly swapSlot: (recorded: number, modelled: number) => boolean;
  /** Bits of /proc/kpageflags to compare. Null if the model knows nothing of folios but PageAnonExclusive. */
  readonly claims: ClaimedBits | null;
  /** The kernel has worked off the batch of MADV_FREE: other tasks of the CPU fill it, too. */
  readonly lazyfreeDrained: () => void;
}

/** Numbers are equal: for states that were set from a dump. */
export const SAME_NUMBERS: DumpRules = {
  claims: null,
  lazyfreeDrained: () => undefined,
  entry: (recorded, modelled) => recorded.pfn === modelled.pfn && recorded.bits === modelled.bits,
  frame: (recorded, modelled) => recorded === modelled,
  swapSlot: (recorded, modelled) => recorded === modelled,
};

/** What a comparison of a dump covered, as counts, and what differs. */
export interface DumpComparison {
  ptes: number;
  paeFlags: number;
  mapcounts: number;
  pagemap: number;
  kpageflags: number;
  readonly differences: Difference[];
}

/** Low bits of the frame of a swapped page: the number of the device. */
const SWAP_DEVICES = 2 ** 5;
const FLAG_PRESENT = 2 ** (PM.PRESENT - PM.SOFT_DIRTY);
const FLAG_SWAP = 2 ** (PM.SWAP - PM.SOFT_DIRTY);
const WORD = 2 ** 32;
const SWAPBACKED = 2 ** KPF.SWAPBACKED;

/** Compares what a dump shows of an address space with the model, page by page. */
export function compareDump(mm: AddressSpace, dump: DumpStep, rules: DumpRules): DumpComparison {
  const walk = new DumpWalk(mm, dump, rules);
  for (const i of dump.pte.keys()) walk.page(i);
  return walk.result;
}

class DumpWalk {
  readonly result: DumpComparison = {
    ptes: 0,
    paeFlags: 0,
    mapcounts: 0,
    pagemap: 0,
    kpageflags: 0,
    differences: [],
  };
  readonly #mm: AddressSpace;
  readonly #dump: DumpStep;
  readonly #rules: DumpRules;
  readonly #expected = makePte();
  readonly #found = makePte();
  readonly #modelled = { flags: 0, frame: 0 };

  constructor(mm: AddressSpace, dump: DumpStep, rules: DumpRules) {
    this.#mm = mm;
    this.#dump = dump;
    this.#rules = rules;
  }

  page(i: number): void {
    const vpn = STORY_BASE_VPN + this.#dump.off + i;
    if (this.#dump.pgd_ok !== 0) {
      this.#pmd(i, vpn);
      this.#pte(i, vpn);
    }
    pagemapEntry(this.#mm, vpn, this.#modelled);
    const { claims } = this.#rules;
    if (claims !== null) this.#pagemap(i);
    const { flags, frame } = this.#modelled;
    const present = (flags & FLAG_PRESENT) !== 0;
    if (!present || (this.#dump.kpageflags[i] ?? null) === null) return;
    this.#exclusive(i, frame);
    if (claims === null) return;
    this.#mapcounts(i, frame);
    this.#kpageflags(i, frame, claims);
  }

  #differ(what: string, i: number, expected: unknown, found: unknown): void {
    this.result.differences.push({
      what: `${what} ${this.#dump.off + i}`,
      expected: String(expected),
      found: String(found),
    });
  }

  #pmd(i: number, vpn: number): void {
    const pmd = this.#mm.pmd(vpn);
    if (!(pmd instanceof HugePmd) || (i > 0 && vpn % this.#mm.pmdPages !== 0)) return;
    this.result.ptes++;
    const raw = this.#dump.pmd[pmdIndexInDump(this.#mm, this.#dump, i)] ?? null;
    if (raw !== null) {
      wordsOfHex(raw, this.#expected);
      if (this.#rules.entry(this.#expected, pmd.entry)) return;
    }
    this.#differ('pmd', i, raw ?? 'none', rawHex(pmd.entry));
  }

  #pte(i: number, vpn: number): void {
    const pmd = this.#mm.pmd(vpn);
    const raw = this.#dump.pte[i] ?? null;
    this.result.ptes++;
    if (!(pmd instanceof PteTable)) {
      if (raw !== null) this.#differ('pte', i, raw, 'no table');
      return;
    }
    pmd.peek(vpn - pmd.base, this.#found);
    if (raw !== null) {
      wordsOfHex(raw, this.#expected);
      if (this.#rules.entry(this.#expected, this.#found)) return;
    }
    this.#differ('pte', i, raw ?? 'no table', rawHex(this.#found));
  }

  #pagemap(i: number): void {
    const raw = this.#dump.pagemap[i] ?? null;
    if (raw === null) return;
    this.result.pagemap++;
    const expected = pagemapFlags(raw);
    const { flags, frame } = this.#modelled;
    if (expected !== flags) {
      for (const [name, bit] of Object.entries(PM)) {
        const at = bit - PM.SOFT_DIRTY;
        if (((expected ^ flags) >>> at) % 2 === 0) continue;
        this.#differ(`pagemap ${name}`, i, (expected >>> at) % 2, (flags >>> at) % 2);
      }
    } else if (!this.#sameFrame(pagemapFrame(raw), frame, flags)) {
      this.#differ('pagemap frame', i, raw, frame);
    }
  }

  #sameFrame(recorded: number, modelled: number, flags: number): boolean {
    if ((flags & FLAG_PRESENT) !== 0) return this.#rules.frame(recorded, modelled);
    if ((flags & FLAG_SWAP) === 0) return recorded === modelled;
    const device = modelled % SWAP_DEVICES;
    if (recorded % SWAP_DEVICES !== device) return false;
    // Only device 0 swaps; the other numbers stand for markers and migration.
    if (device !== 0) return recorded === modelled;
    return this.#rules.swapSlot(
      Math.floor(recorded / SWAP_DEVICES),
      Math.floor(modelled / SWAP_DEVICES),
    );
  }

  #mapcounts(i: number, pfn: number): void {
    const { memmap } = this.#mm.system;
    const raw = this.#dump.mapcount[i] ?? null;
    if (raw !== null) {
      this.result.mapcounts++;
      const found = memmap.mapcount(pfn) - 1;
      if (raw !== found) this.#differ('mapcount', i, raw, found);
    }
    const count = this.#dump.kpagecount[i] ?? null;
    if (count === null) return;
    this.result.mapcounts++;
    const found = memmap.precisePageMapcount(pfn);
    if (count !== found) this.#differ('kpagecount', i, count, found);
  }

  #kpageflags(i: number, pfn: number, claims: ClaimedBits): void {
    this.result.kpageflags++;
    const { system } = this.#mm;
    const expected = wideNumber(this.#dump.kpageflags[i] ?? '');
    const swapbacked = Math.floor(expected / SWAPBACKED) % 2 === 1;
    if (!swapbacked && system.lru.isLazyfree(pfn)) this.#rules.lazyfreeDrained();
    const found = stablePageFlags(system, pfn);
    if (expected === found) return;
    const { low, high } = claims[this.#sortOf(pfn)];
    const lowDiffers = ((expected % WORD) ^ (found % WORD)) & low;
    const highDiffers = (Math.floor(expected / WORD) ^ Math.floor(found / WORD)) & high;
    if (lowDiffers === 0 && highDiffers === 0) return;
    for (const [name, bit] of Object.entries(KPF)) {
      const differs = bit < 32 ? (lowDiffers >>> bit) & 1 : (highDiffers >>> (bit - 32)) & 1;
      if (differs === 0) continue;
      const bitOf = (flags: number): number => Math.floor(flags / 2 ** bit) % 2;
      this.#differ(`kpageflags ${name}`, i, bitOf(expected), bitOf(found));
    }
  }

  #sortOf(pfn: number): PageSort {
    const { memmap } = this.#mm.system;
    const kind = memmap.pageKind(pfn);
    if (kind === PAGE_KIND.ZERO || kind === PAGE_KIND.HUGE_ZERO) return 'zero page';
    const shmem = memmap.folioTest(pfn, FOLIO_FLAG.SWAPBACKED);
    const sort = memmap.isAnon(pfn) ? 'anonymous' : shmem ? 'shmem' : 'file';
    return memmap.folioOrder(pfn) > 0 ? `large ${sort}` : sort;
  }

  #exclusive(i: number, pfn: number): void {
    const { memmap } = this.#mm.system;
    if (this.#dump.pgd_ok === 0 || !memmap.isAnon(pfn)) return;
    this.result.paeFlags++;
    const expected = this.#dump.anon_excl[i] === 1;
    const found = memmap.anonExclusive(pfn);
    if (expected !== found) this.#differ('PageAnonExclusive', i, expected, found);
  }
}
