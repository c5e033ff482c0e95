import { UnsupportedError } from '@ptelab/mm';
import type { Strategy } from '@ptelab/mprotect';
import {
  kernelFeatures,
  type KernelFeatures,
  type TlbPolicy,
  type TlbViolationKind,
} from '@ptelab/pte';
import { createMachine, Story, type Operation } from '@ptelab/scenario';
import { CallLog } from '../call/call-log.ts';
import { observeArch } from '../call/observed-arch.ts';
import { StrategyFault } from '../call/strategy-fault.ts';
import { firstViolation } from '../exhaustive/judge.ts';
import type { Finding } from '../invariants/invariant.ts';
import type { CheckMachine } from '../search/machine.ts';
import { judgeSpaces } from './space-rules.ts';
import { MprotectJudge } from './syscall-rules.ts';
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

/** How a story is judged. */
export interface JudgeOptions {
  /** How contiguous blocks enter the TLB. */
  readonly tlb: TlbPolicy;
  /** Rules in which the machine differs from its release. */
  readonly features?: Partial<KernelFeatures>;
}

/** A story under judgement: every protection change, every page table, and what the TLB holds. */
class JudgedStory {
  readonly #story: Story;
  readonly #recorder: WalkRecorder;
  readonly #keepsSoftDirty: boolean;

  constructor(strategy: Strategy, machine: CheckMachine, { tlb, features = {} }: JudgeOptions) {
    const log = new CallLog();
    this.#recorder = new WalkRecorder(strategy, log);
    const { arch: name, kernel } = machine;
    const own = { arm64: { features }, x86: { features } };
    const inner = createMachine({ arch: name, kernel, ...own }, this.#recorder.strategy);
    const { arch } = observeArch(inner.arch, log);
    this.#story = new Story({ ...inner, arch }, { tlb });
    this.#keepsSoftDirty = kernelFeatures(kernel).stickyVmaFlags;
  }

  /** Carries out one step and judges it. */
  step(operation: Operation): Finding | null {
    const { mm } = this.#story;
    const mprotect = operation.op === 'mprotect' ? new MprotectJudge(mm, operation) : null;
    try {
      this.#story.apply(operation);
    } catch (error) {
      if (!(error instanceof StrategyFault)) throw error;
      return { invariant: 'contract', slot: null, text: error.message };
    }
    const broken = mprotect?.judge(this.#keepsSoftDirty) ?? null;
    return broken ?? this.#walks() ?? judgeSpaces(this.#story.system, mm) ?? this.#stale();
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
  options: JudgeOptions,
): BrokenStory | null {
  const story = new JudgedStory(strategy, machine, options);
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
