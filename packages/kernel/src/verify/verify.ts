import { formatOpLine, type MachineSpec } from '@ptelab/scenario';
import {
  addCounts,
  addInputs,
  emptyCounts,
  type ConformCounts,
  type InputCounts,
  type Mismatch,
} from '../conform/result.ts';
import type { LiveKernel, Unfinished } from '../live/live-kernel.ts';
import type { LiveScenario } from '../live/live-scenario.ts';
import { recordedMachine } from '../recording/machine.ts';
import { compareRecording, type ComparedStory } from './compare-recording.ts';
import { shrinkStory } from './shrink.ts';
import { storyOf } from './stories.ts';

/** A scenario on which kernel and model disagree. */
export interface VerifyDifference {
  /** The scenario that was run. */
  readonly name: string;
  /** The smallest one found that still differs, as op lines. */
  readonly lines: readonly string[];
  /** What differs on it. */
  readonly mismatches: readonly Mismatch[];
}

/** A scenario that the kernel did not carry out to its end: it is not compared. */
export interface UnfinishedScenario {
  readonly name: string;
  /** What was expected, and what happened. */
  readonly message: string;
}

/** What verification compared and found: the object of `ptelab verify --json`. */
export interface VerifySummary extends ConformCounts {
  /** `uname -r`. */
  readonly kernel: string;
  readonly machine: MachineSpec;
  /** Where chance started; null if no stories were made up. */
  readonly seed: number | null;
  /** Stories that were made up. */
  stories: number;
  /** What the model lacks, with the steps that it cost. */
  readonly lacks: Record<string, number>;
  readonly inputs: InputCounts;
  readonly differences: VerifyDifference[];
  /** Not all has held if there is one. */
  readonly unfinished: UnfinishedScenario[];
}

/** How many stories to make up. */
export interface StoryBudget {
  readonly seed: number;
  /** Most stories. */
  readonly stories: number;
  /** Most time to make them up in. */
  readonly seconds: number;
}

/** Choices of {@link verifyKernel}. */
export interface VerifyOptions {
  readonly scenarios: readonly LiveScenario[];
  /** Null: no stories. */
  readonly fuzz: StoryBudget | null;
  /** Most differences to look into; the run ends with them. */
  readonly mostDifferences: number;
  /** Most scenarios without an end; the run ends with them, for something else is wrong then. */
  readonly mostUnfinished: number;
  /** Told how many stories are done. */
  readonly onProgress?: (done: number) => void;
}

/** Runs scenarios and stories on the kernel and in the model. */
class Verification {
  readonly #kernel: LiveKernel;
  readonly #options: VerifyOptions;
  readonly #counts = emptyCounts();
  readonly #lacks: Record<string, number> = {};
  readonly #inputs: InputCounts = {};
  readonly #differences: VerifyDifference[] = [];
  readonly #unfinished: UnfinishedScenario[] = [];
  #machine: MachineSpec | null = null;

  constructor(kernel: LiveKernel, options: VerifyOptions) {
    this.#kernel = kernel;
    this.#options = options;
  }

  async run(): Promise<VerifySummary> {
    const { scenarios, fuzz } = this.#options;
    for (const scenario of scenarios) await this.#scenario(scenario);
    const stories = fuzz === null ? 0 : await this.#stories(fuzz);
    const machine = this.#machine ?? (await this.#machineOf());
    return {
      kernel: this.#kernel.info.release,
      machine,
      seed: fuzz?.seed ?? null,
      stories,
      ...this.#counts,
      lacks: this.#lacks,
      inputs: this.#inputs,
      differences: this.#differences,
      unfinished: this.#unfinished,
    };
  }

  async #machineOf(): Promise<MachineSpec> {
    return recordedMachine(await this.#kernel.run('machine', []), 'machine');
  }

  get #full(): boolean {
    const { mostDifferences, mostUnfinished } = this.#options;
    return this.#differences.length >= mostDifferences || this.#unfinished.length >= mostUnfinished;
  }

  async #stories({ seed, stories, seconds }: StoryBudget): Promise<number> {
    const end = performance.now() + seconds * 1000;
    const machine = { ext4: this.#kernel.info.ext4 === true };
    let done = 0;
    while (done < stories && performance.now() < end && !this.#full) {
      const lines = storyOf(seed + done, machine).map(formatOpLine);
      await this.#scenario({ name: `story-${seed + done}`, lines });
      done++;
    }
    return done;
  }

  async #compare({ name, lines }: LiveScenario): Promise<ComparedStory | Unfinished> {
    const recording = await this.#kernel.attempt(name, lines);
    if ('code' in recording) return recording;
    this.#machine ??= recordedMachine(recording, name);
    return compareRecording(recording, name);
  }

  async #scenario(scenario: LiveScenario): Promise<void> {
    if (this.#full) return;
    const compared = await this.#compare(scenario);
    if ('code' in compared) {
      this.#unfinished.push({ name: scenario.name, message: compared.message });
      return;
    }
    const { report, mismatches } = compared;
    addCounts(this.#counts, report.counts);
    addInputs(this.#inputs, report.inputs);
    for (const [what, steps] of report.lacks) {
      this.#lacks[what] = (this.#lacks[what] ?? 0) + steps;
    }
    this.#options.onProgress?.(this.#counts.recordings);
    if (mismatches.length > 0) this.#differences.push(await this.#shrink(scenario, mismatches));
  }

  /** A difference that does not come back is told of as it was. */
  async #shrink(
    { name, lines }: LiveScenario,
    mismatches: readonly Mismatch[],
  ): Promise<VerifyDifference> {
    let last = mismatches;
    const differs = async (candidate: readonly string[]): Promise<boolean> => {
      const compared = await this.#compare({ name, lines: candidate });
      if ('code' in compared) return false;
      if (compared.mismatches.length > 0) last = compared.mismatches;
      return compared.mismatches.length > 0;
    };
    const smallest = await shrinkStory(lines, differs);
    return { name, lines: smallest, mismatches: last };
  }
}

/**
 * Carries scenarios and made-up stories out on the running kernel and in the model, and compares.
 *
 * @throws PtelabEnvironmentError if the kernel can't be asked any more.
 */
export async function verifyKernel(
  kernel: LiveKernel,
  options: VerifyOptions,
): Promise<VerifySummary> {
  return new Verification(kernel, options).run();
}
