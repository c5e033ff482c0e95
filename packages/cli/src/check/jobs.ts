import type {
  BrokenPlace,
  CheckMachine,
  FuzzResult,
  MutantVerdict,
  SearchPlan,
  SearchTask,
  SharingFuzzResult,
  TaskResult,
  TraceLine,
} from '@ptelab/check';
import type { Scenario } from '@ptelab/scenario';
import type { MessagePort } from 'node:worker_threads';
import type { Complaint } from '../cli-error.ts';

/** What a strategy says about itself. */
export interface StrategyFacts {
  readonly name: string;
  readonly summary: string;
}

/** What a counter-example is told with, sent before the judged strategy is run once more. */
export interface StoryMessage {
  readonly scenario: string;
  readonly where: string;
  /** Page of the scenario at which the window begins. */
  readonly firstPage: number;
  readonly perPte: readonly TraceLine[];
  /** Raw entries of the window after per-pte. */
  readonly perPteAfter: readonly string[];
}

/** Jobs of the workers: what each is given and gives back. `strategy` is a name or a file. */
export interface Jobs {
  /** Loads a strategy. */
  readonly load: { readonly job: { readonly strategy: string }; readonly result: StrategyFacts };
  /** Judges a strategy on the states of one task. */
  readonly search: {
    readonly job: {
      readonly strategy: string;
      readonly plan: SearchPlan;
      readonly task: SearchTask;
    };
    readonly result: TaskResult;
  };
  /** Judges a strategy on random stories. */
  readonly fuzz: {
    readonly job: {
      readonly strategy: string;
      readonly machine: CheckMachine;
      readonly runs: number;
      readonly seed: number;
    };
    readonly result: FuzzResult;
  };
  /** Judges a mutant. */
  readonly mutant: { readonly job: { readonly id: string }; readonly result: MutantVerdict };
  /** Compares shared leaf tables with plain ones on random stories. */
  readonly leafSharing: {
    readonly job: { readonly runs: number; readonly seed: number };
    readonly result: SharingFuzzResult;
  };
  /** Makes the story with a number, which a strategy never came back from. */
  readonly story: {
    readonly job: Omit<Jobs['fuzz']['job'], 'strategy'> & { readonly number: number };
    readonly result: Scenario | null;
  };
  /** Traces a story with per-pte: posts the lines of the judged trace. */
  readonly trace: {
    readonly job: {
      readonly strategy: string;
      readonly machine: CheckMachine;
      readonly scenario: Scenario;
      readonly port: MessagePort;
    };
    readonly result: null;
  };
  /** Tells a broken state: posts a {@link StoryMessage}, then the lines of the judged trace. */
  readonly explain: {
    readonly job: {
      readonly strategy: string;
      readonly plan: SearchPlan;
      readonly broken: BrokenPlace;
      readonly port: MessagePort;
    };
    readonly result: null;
  };
}

/** What a worker is handed: the job, and where it says which state it is on. */
export interface Handed<J> {
  readonly job: J;
  /** Shared: the number of the current state for each lane, -1 before the first. */
  readonly watch: Int32Array;
  readonly lane: number;
}

/** What a worker hands back. Errors are told, not thrown: a rejection means that the worker died. */
export type Reply<R> =
  { readonly result: R } | { readonly complaint: Complaint; readonly stack: string };
