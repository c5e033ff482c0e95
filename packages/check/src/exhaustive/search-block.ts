import { MmuGather } from '@ptelab/mm';
import { changeProtection, perPte, type Strategy } from '@ptelab/mprotect';
import { makePte, rawHex, type Arch } from '@ptelab/pte';
import { Entries, makePageFacts, type JudgedCall } from '../call/judged-call.ts';
import { guardStrategy, StrategyFault } from '../call/strategy-fault.ts';
import type { Finding } from '../invariants/invariant.ts';
import type { Block } from '../scope/scope.ts';
import type { SlotState } from '../scope/slot-state.ts';
import { chosenStates, forEachAssignment, slotChoices } from './assignments.ts';
import { firstViolation, newRemarks } from './judge.ts';
import { neighbourState } from './neighbour.ts';
import { prepareSlot, type PreparedSlot } from './prepared-slot.ts';
import { makeWindow, type Window } from './window.ts';

/** A state that breaks a rule. */
export interface BrokenState {
  /** Index of its block in the scope. */
  readonly block: number;
  /** States of the slots that the call covers; of all slots in contiguous layouts. */
  readonly chosen: readonly SlotState[];
  readonly finding: Finding;
  /** True if the call was made twice, and the second one is at fault. */
  readonly repeated: boolean;
  /** Raw entries of the window before the call, neighbours included. */
  readonly before: readonly string[];
  /** Raw entries after it; null if the strategy did not come to an end. */
  readonly after: readonly string[] | null;
}

/** What the search of one block found. */
export interface BlockResult {
  /** States judged. */
  readonly states: number;
  /** The first state that breaks a rule of safety; the search ends there. */
  readonly violation: BrokenState | null;
  /** The first state that breaks each rule of quality. */
  readonly remarks: readonly BrokenState[];
}

/** Calls on up to this many slots are made twice: what they leave is a state like any other. */
const REPEATED_SLOTS = 2;

/** Where a slot of the layout takes its state from. */
interface SlotSource {
  /** Index into the digits of an assignment. */
  readonly digit: number;
  /** What to store, by digit, for each entry of the slot. */
  readonly prepared: readonly (readonly PreparedSlot[])[];
}

function slotSources(window: Window, block: Block, choices: SlotState[][]): SlotSource[] {
  const { layout } = block;
  const { width, contiguous } = layout;
  const first = contiguous ? 0 : layout.from;
  return layout.slots.map((_, slot) => {
    const digit = Math.min(Math.max(slot - first, 0), choices.length - 1);
    const own = choices[digit] ?? [];
    const isNeighbour = slot - first !== digit;
    const states = isNeighbour ? own.map((edge) => neighbourState(block, edge)) : own;
    const entries = window.slots.slice(slot * width, (slot + 1) * width);
    const prepared = states.map((state) =>
      entries.map((entry) => prepareSlot(window, entry, state, contiguous)),
    );
    return { digit, prepared };
  });
}

function rawEntries(entries: Entries): string[] {
  const pte = makePte();
  return Array.from({ length: entries.pfn.length }, (_, slot) => rawHex(entries.read(slot, pte)));
}

/** Runs a strategy on the states of one block, one after the other, in the same memory. */
class BlockSearch {
  readonly #window: Window;
  readonly #strategy: Strategy;
  readonly #sources: readonly SlotSource[];
  readonly #rest: 0 | 1;
  readonly #width: number;
  readonly #call: JudgedCall;
  #ended = false;

  constructor(arch: Arch, strategy: Strategy, block: Block, choices: SlotState[][]) {
    const { layout, setting } = block;
    const window = makeWindow(arch, setting, layout);
    const slots = window.slots.length;
    this.#window = window;
    this.#strategy = guardStrategy(strategy);
    this.#sources = slotSources(window, block, choices);
    this.#rest = layout.restExclusive ? 1 : 0;
    this.#width = layout.width;
    this.#call = {
      arch: window.observed.arch,
      mm: window.mm,
      base: window.base,
      vma: window.vma,
      newprot: window.newprot,
      cpFlags: window.cpFlags,
      slots,
      from: window.from,
      to: window.to,
      before: new Entries(slots),
      after: new Entries(slots),
      pages: makePageFacts(slots),
      log: window.observed.log,
      counted: 0,
    };
  }

  /** Puts the window into the state of an assignment. */
  place(digits: readonly number[]): void {
    const { before, pages } = this.#call;
    const { memmap } = this.#window.mm.system;
    let at = 0;
    for (const { digit, prepared } of this.#sources) {
      const entries = prepared[digits[digit] ?? 0] ?? [];
      for (let i = 0; i < this.#width; i++, at++) {
        const entry = entries[i];
        const slot = this.#window.slots[at];
        if (entry === undefined || slot === undefined) continue;
        const { pte, head, anon, exclusive } = entry;
        slot.table.pfn[slot.index] = before.pfn[at] = pte.pfn;
        slot.table.bits[slot.index] = before.bits[at] = pte.bits;
        pages.head[at] = head;
        pages.anon[at] = anon;
        pages.exclusive[at] = exclusive;
        pages.numaFiltered[at] = slot.numaFiltered ? 1 : 0;
        const section = memmap.ownSection(slot.pfn);
        section.frames.anonExclusive[slot.pfn - section.base] = head < 0 ? this.#rest : exclusive;
      }
    }
  }

  /** The state that the last call met and what it left, as plain data. */
  describe(): Pick<BrokenState, 'before' | 'after'> {
    const { before, after } = this.#call;
    return { before: rawEntries(before), after: this.#ended ? rawEntries(after) : null };
  }

  /** Makes the call and reads the entries back. Returns what the strategy did against its contract. */
  run(): Finding | null {
    const { mm, vma, observed, base } = this.#window;
    const call = this.#call;
    observed.log.clear();
    this.#ended = false;
    const gather = new MmuGather(mm);
    const change = { mm, vma, gather, newprot: call.newprot, cpFlags: call.cpFlags };
    try {
      call.counted = changeProtection(change, base + call.from, base + call.to, this.#strategy);
    } catch (error) {
      if (!(error instanceof StrategyFault)) throw error;
      return { invariant: 'contract', slot: null, text: error.message };
    }
    gather.endVma();
    gather.finish();
    for (const [at, { table, index }] of this.#window.slots.entries()) {
      call.after.pfn[at] = table.pfn[index] ?? 0;
      call.after.bits[at] = table.bits[index] ?? 0;
    }
    this.#ended = true;
    return null;
  }

  /** Takes what the last call left as the state before the next. */
  goOn(): void {
    const { before, after } = this.#call;
    before.pfn.set(after.pfn);
    before.bits.set(after.bits);
  }

  /** What is wrong with the last call, judged by the rules of safety. */
  violation(): Finding | null {
    return firstViolation(this.#call);
  }

  /** What is not as it should be with the last call, other than the rules in `known`. */
  remarks(known: ReadonlyMap<string, unknown>): Finding[] {
    return newRemarks(this.#call, known);
  }

  /** A slot that the last call made writable, or null. */
  madeWritable(): number | null {
    const { arch, before, after, from, to } = this.#call;
    for (let slot = from; slot < to; slot++) {
      if (arch.pteWrite(after.at(slot)) && !arch.pteWrite(before.at(slot))) return slot;
    }
    return null;
  }
}

/**
 * Makes the call a second time. Where marking dirty does not mark soft-dirty too, a repeated call gives
 * no write permission that the first one did not.
 */
function judgeRepeat(search: BlockSearch, plain: boolean): Finding | null {
  search.goOn();
  const broken = search.run() ?? search.violation();
  if (broken !== null) return { ...broken, text: `${broken.text} (when the call is repeated)` };
  const slot = plain ? search.madeWritable() : null;
  if (slot === null) return null;
  return {
    invariant: 'repeat-adds-nothing',
    slot,
    text: 'became writable only by the repeated call',
  };
}

/**
 * Judges a strategy on every state of a block, up to the first violation.
 *
 * @param onState - told the number of each state, from 0, before the strategy is called on it.
 */
export function searchBlock(
  arch: Arch,
  strategy: Strategy,
  block: Block,
  onState?: (state: number) => void,
): BlockResult {
  const choices = slotChoices(block);
  const search = new BlockSearch(arch, strategy, block, choices);
  const remarks = new Map<string, BrokenState>();
  let violation: BrokenState | null = null;
  const repeats = choices.length <= REPEATED_SLOTS && !block.setting.race;
  let number = 0;
  const broken = (digits: readonly number[], finding: Finding, repeated: boolean): BrokenState => ({
    block: block.index,
    chosen: chosenStates(choices, digits),
    finding,
    repeated,
    ...search.describe(),
  });
  const states = forEachAssignment(block, choices, (digits) => {
    onState?.(number++);
    search.place(digits);
    let finding = search.run() ?? search.violation();
    if (finding === null) {
      for (const remark of search.remarks(remarks)) {
        remarks.set(remark.invariant, broken(digits, remark, false));
      }
      if (repeats) finding = judgeRepeat(search, !arch.softDirty);
      if (finding !== null) violation = broken(digits, finding, true);
    } else violation = broken(digits, finding, false);
    return finding === null;
  });
  return { states, violation, remarks: [...remarks.values()] };
}

/** The state with a number in a block, as a broken one that the strategy never came back from. */
export function brokenState(
  arch: Arch,
  block: Block,
  state: number,
  finding: Finding,
): BrokenState {
  const choices = slotChoices(block);
  const search = new BlockSearch(arch, perPte, block, choices);
  let number = 0;
  let chosen: SlotState[] = [];
  forEachAssignment(block, choices, (digits) => {
    if (number++ < state) return true;
    search.place(digits);
    chosen = chosenStates(choices, digits);
    return false;
  });
  return { block: block.index, chosen, finding, repeated: false, ...search.describe() };
}
