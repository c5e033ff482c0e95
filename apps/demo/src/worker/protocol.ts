import type { StepCost } from '@ptelab/cost';
import type { EventCounters, TlbPolicy } from '@ptelab/pte';
import type { MachineSpec, ProtLetters } from '@ptelab/scenario';
import type { JsonSchema } from '../editor/schema-walk.ts';
import type { StepFilm } from '../model/film.ts';
import type { OpenedFile, OpenedStory } from '../open/opened.ts';
import type { Edit } from '../paint/edit.ts';
import type { PaintedStory } from '../paint/paint-story.ts';
import type { PageWindow } from '../model/story-window.ts';

/** Why something could not be done: one line for people, with its place in the story's text if it has one. */
export interface Problem {
  readonly message: string;
  /** 1-based; 0 if there is no such place. */
  readonly line: number;
  readonly column: number;
}

/** A step of a story, as far as it is the same on all machines. */
interface OutlineStep {
  /** In a few words. */
  readonly text: string;
  /** Kind of operation. */
  readonly op: string;
  /** What an mprotect makes of the protection; null for other steps. */
  readonly prot: ProtLetters | null;
  /** Line of the text, 1-based. */
  readonly line: number;
}

/** A story as it was read. */
export interface Outline {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly steps: readonly OutlineStep[];
  readonly window: PageWindow;
  /** Pages that the story maps beyond the window. */
  readonly beyond: number;
}

/** What a step did on one machine, without its pages. */
export interface StepSummary {
  readonly counters: EventCounters;
  readonly faults: number;
  readonly error: string | null;
  /** Entries that an mprotect changed, or null for other steps. */
  readonly changed: number | null;
  /** Expectations of the story that did not hold, one line each. */
  readonly failed: readonly string[];
  /** Translations that must not exist, one line each; see the scenario's `tlb`. */
  readonly violations: readonly string[];
}

/** A story on one machine. */
export interface RunSummary {
  /** Name of the strategy that was used. */
  readonly strategy: string;
  readonly steps: readonly StepSummary[];
  /** What the model lacks and at which step, or null. */
  readonly unsupported: { readonly step: number; readonly what: string } | null;
  /** Predicted times of the mprotect steps on each machine with prices, by its id. */
  readonly costs: Readonly<Record<string, readonly StepCost[]>>;
}

/** A strategy to choose. */
export interface StrategyChoice {
  readonly name: string;
  readonly summary: string;
}

/** What can be asked of the worker, and what it answers. */
export interface WorkerCalls {
  /** The built-in strategies. */
  readonly strategies: { readonly ask: object; readonly answer: readonly StrategyChoice[] };
  /** The JSON Schema of stories. */
  readonly schema: { readonly ask: object; readonly answer: JsonSchema };
  /** Reads a story. */
  readonly read: { readonly ask: { readonly text: string }; readonly answer: Outline };
  /** Runs it to the end. */
  readonly run: {
    readonly ask: {
      readonly text: string;
      readonly spec: MachineSpec;
      readonly tlb: TlbPolicy | null;
    };
    readonly answer: RunSummary;
  };
  /** Runs it on several machines, and writes the runs as one line of JSON. */
  readonly export: {
    readonly ask: {
      readonly text: string;
      readonly machines: readonly MachineSpec[];
      readonly tlb: TlbPolicy | null;
    };
    readonly answer: string;
  };
  /** Changes the table that a story has before one of its steps. */
  readonly paint: {
    readonly ask: {
      readonly text: string;
      readonly spec: MachineSpec;
      readonly step: number;
      readonly edit: Edit;
    };
    readonly answer: PaintedStory;
  };
  /** Reads a file; its stories can be asked for until the next one is opened. */
  readonly open: {
    readonly ask: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
    readonly answer: OpenedFile;
  };
  /** Makes a story of one of the choices of the file that was opened last. */
  readonly opened: { readonly ask: { readonly choice: number }; readonly answer: OpenedStory };
  /** Films one step. */
  readonly film: {
    readonly ask: {
      readonly text: string;
      readonly spec: MachineSpec;
      readonly tlb: TlbPolicy | null;
      readonly step: number;
    };
    readonly answer: StepFilm;
  };
}

/** What the worker is asked. */
export type WorkerRequest = {
  readonly [Name in keyof WorkerCalls]: {
    readonly id: number;
    readonly call: Name;
    readonly ask: WorkerCalls[Name]['ask'];
  };
}[keyof WorkerCalls];

/** What it answers. */
export type WorkerReply =
  | { readonly id: number; readonly answer: WorkerCalls[keyof WorkerCalls]['answer'] }
  | { readonly id: number; readonly problem: Problem };
