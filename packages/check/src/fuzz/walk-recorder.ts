import { isShared, NO_PAGE, type AddressSpace } from '@ptelab/mm';
import { defineStrategy, MM_CP_PROT_NUMA, type PteRange, type Strategy } from '@ptelab/mprotect';
import { makePte } from '@ptelab/pte';
import type { CallLog, LoggedFlush } from '../call/call-log.ts';
import { Entries, makePageFacts, type JudgedCall } from '../call/judged-call.ts';
import { guardStrategy } from '../call/strategy-fault.ts';

/** A part of a leaf table that a walk has entered, as it was at that moment. */
interface WalkedPart {
  readonly range: PteRange;
  readonly table: PteRange['table'];
  readonly index: number;
  readonly call: JudgedCall;
}

/**
 * Watches the walks of a strategy from inside: each leaf table that it comes to is remembered as it
 * was, and judged when the call is over.
 *
 * Entries before the first present one of a table are left out: the walk and not the strategy changes
 * them. So is the count, which belongs to the walk as a whole.
 */
export class WalkRecorder {
  readonly strategy: Strategy;
  readonly #log: CallLog;
  readonly #parts: WalkedPart[] = [];
  #range: PteRange | null = null;
  #table: PteRange['table'] | null = null;

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

  /** Forgets the walks of the last call. */
  clear(): void {
    this.#parts.length = 0;
    this.#range = null;
    this.#table = null;
    this.#log.clear();
  }

  #enter(range: PteRange, index: number): void {
    this.#range = range;
    this.#table = range.table;
    this.#parts.push({ range, table: range.table, index, call: snapshot(range, index) });
  }

  /** The calls, one for each table that was walked, with the entries as they are now. */
  *calls(): Generator<JudgedCall> {
    for (const { table, index, call } of this.#parts) {
      for (let slot = 0; slot < call.slots; slot++) {
        call.after.pfn[slot] = table.pfn[index + slot] ?? 0;
        call.after.bits[slot] = table.bits[index + slot] ?? 0;
      }
      yield { ...call, log: this.#partOf(call) };
    }
  }

  /** The log of one table: what happened in its slots. Virtual pages become slots. */
  #partOf({ base, slots }: JudgedCall): CallLog {
    const whole = this.#log;
    const part = whole.slice(base, base + slots);
    return part;
  }

  /** Flushes of the last call. */
  get flushes(): readonly LoggedFlush[] {
    return this.#log.flushes;
  }
}

function snapshot(range: PteRange, index: number): JudgedCall {
  const { mm, arch, vma, table, end } = range;
  const slots = end - index;
  const before = new Entries(slots);
  const pages = makePageFacts(slots);
  const pte = makePte();
  for (let slot = 0; slot < slots; slot++) {
    before.pfn[slot] = table.pfn[index + slot] ?? 0;
    before.bits[slot] = table.bits[index + slot] ?? 0;
    before.read(slot, pte);
    describePage(mm, range, pte, slot, pages);
  }
  return {
    arch,
    mm,
    base: table.base + index,
    vma,
    newprot: range.newprot,
    cpFlags: range.cpFlags,
    slots,
    from: 0,
    to: slots,
    before,
    after: new Entries(slots),
    pages,
    log: EMPTY_LOG,
    counted: null,
  };
}
