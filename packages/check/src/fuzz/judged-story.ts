import { UnsupportedError } from '@ptelab/mm';
import type { Strategy } from '@ptelab/mprotect';
import type { TlbPolicy, TlbViolationKind } from '@ptelab/pte';
import { createMachine, Story, type Operation } from '@ptelab/scenario';
import { CallLog } from '../call/call-log.ts';
import { observeArch } from '../call/observed-arch.ts';
import { StrategyFault } from '../call/strategy-fault.ts';
import { firstViolation } from '../exhaustive/judge.ts';
import type { Finding } from '../invariants/invariant.ts';
import type { CheckMachine } from '../search/machine.ts';
import { judgeSpaces } from './space-rules.ts';
import { WalkRecorder } from './walk-recorder.ts';

/** The first broken rule of a story, and the step that broke it. */
export interface BrokenStory {
  readonly step: number;
  readonly finding: Finding;
}

/**
 * What a TLB must not hold. Overlapping translations are left out: from 6.19 on arm64 kernels leave
 * some behind themselves, whatever the strategy (scenarios/findings/contig-without-flush.yaml).
 */
const STALE: readonly TlbViolationKind[] = [
  'StaleMapping',
  'StalePermission',
  'LostDirty',
  'ContigMisprogram',
];

/** A story under judgement: every protection change, every page table, and what the TLB holds. */
class JudgedStory {
  readonly #story: Story;
  readonly #recorder: WalkRecorder;

  constructor(strategy: Strategy, machine: CheckMachine, tlb: TlbPolicy) {
    const log = new CallLog();
    this.#recorder = new WalkRecorder(strategy, log);
    const inner = createMachine(machine, this.#recorder.strategy);
    const { arch } = observeArch(inner.arch, log);
    this.#story = new Story({ ...inner, arch }, { tlb });
  }

  /** Carries out one step and judges it. */
  step(operation: Operation): Finding | null {
    try {
      this.#story.apply(operation);
    } catch (error) {
      if (!(error instanceof StrategyFault)) throw error;
      return { invariant: 'contract', slot: null, text: error.message };
    }
    return this.#walks() ?? judgeSpaces(this.#story.system, this.#story.mm) ?? this.#stale();
  }

  #walks(): Finding | null {
    for (const call of this.#recorder.take()) {
      const finding = firstViolation(call);
      if (finding !== null) return finding;
    }
    return null;
  }

  #stale(): Finding | null {
    const { violations } = this.#story.takeTlbOutcome();
    const violation = violations.find(({ kind }) => STALE.includes(kind));
    if (violation === undefined) return null;
    const { kind, at, cached, mapped } = violation;
    const text = `page ${at}: the TLB allows ${cached}, the page table ${mapped}`;
    return { invariant: kind, slot: at, text };
  }
}

/**
 * Lives through a story with a strategy and judges every step.
 *
 * @returns the first broken rule, or null. A story ends early where the model lacks something.
 */
export function judgeStory(
  operations: readonly Operation[],
  strategy: Strategy,
  machine: CheckMachine,
  tlb: TlbPolicy,
): BrokenStory | null {
  const story = new JudgedStory(strategy, machine, tlb);
  for (const [step, operation] of operations.entries()) {
    try {
      const finding = story.step(operation);
      if (finding !== null) return { step, finding };
    } catch (error) {
      if (error instanceof UnsupportedError) return null;
      throw error;
    }
  }
  return null;
}
