import { folioCanMapProtNuma } from '@ptelab/mm';
import { defineStrategy, type PteRange, type Strategy } from '@ptelab/mprotect';
import { makePte, type PteTable } from '@ptelab/pte';
import { CallLog } from '../call/call-log.ts';
import { Entries, makePageFacts, type JudgedCall, type PageFacts } from '../call/judged-call.ts';
import { guardStrategy } from '../call/strategy-fault.ts';

/** The part of a leaf table that a walk came to, with its entries as they were then. */
interface WalkedPart {
  readonly table: PteTable;
  readonly call: JudgedCall;
}

/**
 * Watches the walks of a strategy from inside: every leaf table that it comes to is remembered as it
 * was, and can be judged when the call is over.
 *
 * Entries before the first present one of a table are left out: the walk changes them, not the
 * strategy. So is the count, which belongs to the walk as a whole.
 */
export class WalkRecorder {
  readonly strategy: Strategy;
  /** What was asked of the page table; slots are virtual pages. */
  readonly #log: CallLog;
  #parts: WalkedPart[] = [];
  #range: PteRange | null = null;
  #table: PteTable | null = null;

  constructor(inner: Strategy, log: CallLog) {
    this.#log = log;
    const guarded = guardStrategy(inner);
    this.strategy = defineStrategy({
      ...guarded,
      changePresentPtes: (range, index, pte) => {
        if (range !== this.#range || range.table !== this.#table) this.#enter(range, index);
        return guarded.changePresentPtes(range, index, pte);
      },
    });
  }

  #enter(range: PteRange, index: number): void {
    this.#range = range;
    this.#table = range.table;
    this.#parts.push({ table: range.table, call: snapshot(range, index) });
  }

  /** The walks since the last time, one call for each table, with the entries as they are now. */
  take(): JudgedCall[] {
    const calls = this.#parts.map(({ table, call }) => {
      readBack(table, call);
      return { ...call, log: this.#log.slice(call.base, call.from, call.to) };
    });
    this.#parts = [];
    this.#range = null;
    this.#table = null;
    this.#log.clear();
    return calls;
  }
}

function describePage(range: PteRange, before: Entries, pages: PageFacts, slot: number): void {
  const { arch, mm, vma } = range;
  const { memmap, zeroPfn } = mm.system;
  const pte = before.read(slot, makePte());
  if (!arch.ptePresent(pte.bits) || arch.pteSpecial(pte.bits)) return;
  const pfn = arch.ptePfn(pte);
  if (pfn === zeroPfn) return;
  pages.head[slot] = memmap.folioHead(pfn);
  pages.anon[slot] = memmap.isAnon(pfn) ? 1 : 0;
  pages.exclusive[slot] = memmap.anonExclusive(pfn) ? 1 : 0;
  pages.numaFiltered[slot] = range.protNuma && !folioCanMapProtNuma(mm, vma, pfn) ? 1 : 0;
}

/** Reads the entries as they are now. */
function readBack(table: PteTable, { base, slots, after }: JudgedCall): void {
  const index = base - table.base;
  for (let slot = 0; slot < slots; slot++) {
    after.pfn[slot] = table.pfn[index + slot] ?? 0;
    after.bits[slot] = table.bits[index + slot] ?? 0;
  }
}

/** The entries from `index` to the end of the range, with the rest of their contiguous blocks around. */
function snapshot(range: PteRange, index: number): JudgedCall {
  const { mm, arch, vma, table, end, newprot, cpFlags } = range;
  const first = index - (index % arch.contPtes);
  const last = Math.ceil(end / arch.contPtes) * arch.contPtes;
  const slots = last - first;
  const before = new Entries(slots);
  const pages = makePageFacts(slots);
  for (let slot = 0; slot < slots; slot++) {
    before.pfn[slot] = table.pfn[first + slot] ?? 0;
    before.bits[slot] = table.bits[first + slot] ?? 0;
    describePage(range, before, pages, slot);
  }
  return {
    arch,
    mm,
    base: table.base + first,
    vma,
    newprot,
    cpFlags,
    slots,
    from: index - first,
    to: end - first,
    before,
    after: new Entries(slots),
    pages,
    log: new CallLog(),
    counted: null,
  };
}
