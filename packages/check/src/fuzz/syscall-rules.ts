import { VM_ACCESS_FLAGS, type AddressSpace } from '@ptelab/mm';
import { protBits, STORY_BASE_VPN, type MprotectOp } from '@ptelab/scenario';
import type { Finding } from '../invariants/invariant.ts';
import { softDirtyLost, softDirtyVmas, type SoftDirtyRange } from './soft-dirty-rule.ts';
import type { SpaceInvariant } from './space-rules.ts';

export const NO_CHANGE_NO_WALK: SpaceInvariant = {
  name: 'no-change-no-walk',
  rule: 'A call that gives VMAs the flags that they have reads no entry and flushes nothing.',
  reason: 'Programs that ask for what they have must not pay for it.',
};

export const ERROR_KEEPS_PREFIX: SpaceInvariant = {
  name: 'error-keeps-prefix',
  rule: 'A call that fails at a hole has changed what lies before it, and nothing behind.',
  reason: 'There is no way back: what was reported changed must be changed.',
};

/** A stretch of pages and their permissions. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly access: number;
}

/** What an mprotect of a story must keep, seen from before the call. */
export class MprotectJudge {
  readonly #mm: AddressSpace;
  readonly #start: number;
  readonly #end: number;
  readonly #access: number;
  readonly #stretches: readonly Stretch[];
  readonly #reported: readonly SoftDirtyRange[];
  readonly #reads: number;
  readonly #flushes: number;

  constructor(mm: AddressSpace, { at, pages, prot }: MprotectOp) {
    this.#mm = mm;
    this.#start = STORY_BASE_VPN + at;
    this.#end = this.#start + pages;
    this.#access = protBits(prot);
    this.#stretches = stretches(mm);
    this.#reported = softDirtyVmas(mm);
    this.#reads = mm.events.rawReads;
    this.#flushes = mm.events.flushCalls;
  }

  /**
   * Judges the call, once it has been made.
   *
   * @param keepsSoftDirty - the release should keep VM_SOFTDIRTY when VMAs merge.
   */
  judge(keepsSoftDirty: boolean): Finding | null {
    return (
      this.#walked() ??
      this.#prefix() ??
      (keepsSoftDirty ? softDirtyLost(this.#mm, this.#reported) : null)
    );
  }

  /** The pages of the call that come before the first hole; all of them if there is none. */
  #reach(): number {
    let at = this.#start;
    for (const { start, end } of this.#stretches) {
      if (end <= at) continue;
      if (start > at) break;
      at = end;
    }
    return Math.min(at, this.#end);
  }

  #walked(): Finding | null {
    const { events } = this.#mm;
    const inCall = this.#stretches.filter(
      ({ start, end }) => start < this.#end && end > this.#start,
    );
    const same = inCall.every(({ access }) => access === this.#access);
    if (!same || inCall.length === 0) return null;
    if (events.rawReads === this.#reads && events.flushCalls === this.#flushes) return null;
    return {
      invariant: NO_CHANGE_NO_WALK.name,
      slot: null,
      text: 'nothing changes, and it walked',
    };
  }

  #prefix(): Finding | null {
    const reach = this.#reach();
    for (const { start, end, access } of stretches(this.#mm)) {
      const from = Math.max(start, this.#start);
      const to = Math.min(end, this.#end);
      if (from < Math.min(to, reach) && access !== this.#access) {
        return this.#wrong(from, 'was not changed, and no hole lies before it');
      }
      const behind = Math.max(from, reach);
      const before = this.#stretches.find((old) => behind >= old.start && behind < old.end);
      if (behind < to && before !== undefined && before.access !== access) {
        return this.#wrong(behind, 'was changed, and lies behind a hole');
      }
    }
    return null;
  }

  #wrong(vpn: number, what: string): Finding {
    const slot = vpn - STORY_BASE_VPN;
    return { invariant: ERROR_KEEPS_PREFIX.name, slot, text: `page ${slot} ${what}` };
  }
}

/** The VMAs of an address space with their permissions. */
function stretches(mm: AddressSpace): Stretch[] {
  return mm.vmas.all.map(({ start, end, flags }) => ({
    start,
    end,
    access: flags & VM_ACCESS_FLAGS,
  }));
}
