import { UnsupportedError, type SystemOptions } from '@ptelab/mm';
import { rawHex, takeEvents, type EventCounters, type TraceEvent } from '@ptelab/pte';
import type { Machine, MachineSpec } from './machine.ts';
import { formatOpLine } from './op/op-line.ts';
import { checkExpectations, type ExpectationResult } from './expect.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import { dumpPages, dumpVmas, type DumpedVma, type PageDump } from './story/capture.ts';
import { Story, STORY_BASE_VPN, type OpOutcome } from './story/story.ts';

/** Version of the {@link Run} shape. */
export const RUN_FORMAT_VERSION = 1;

/** A batch that the strategy started: entries of consecutive pages, and how they were committed. */
export interface Batch {
  /** First page, relative to the story's window. */
  readonly at: number;
  readonly nr: number;
  /** Lengths of the commits, in order: more than one where pages differ in PageAnonExclusive. */
  readonly commits: readonly number[];
  /** First entry before and after, raw. */
  readonly old: string;
  readonly new: string;
}

/** A TLB flush, page numbers relative to the story's window. */
export interface FlushedRange {
  readonly at: number;
  readonly pages: number;
  /** Pages per invalidation. */
  readonly stride: number;
}

/** What a protection change did. */
export interface MprotectOutcome {
  readonly error: string | null;
  readonly changed: number;
  readonly batches: readonly Batch[];
  readonly flushes: readonly FlushedRange[];
}

/** What one step did: plain data. */
export interface StepResult {
  /** 0-based index of the step in the scenario. */
  readonly step: number;
  /** Line of the scenario file, 0 if there is none. */
  readonly line: number;
  /** The step as an op line. */
  readonly op: string;
  /** What the step cost. */
  readonly events: EventCounters;
  /** Page faults, in all address spaces. */
  readonly faults: number;
  /** Touched pages whose access ended in a signal (SIGSEGV, SIGBUS). */
  readonly signals: number;
  /** Faults of each touched page, for `faults` steps. */
  readonly faultVector?: readonly number[];
  readonly mprotect?: MprotectOutcome;
  readonly dump?: PageDump;
  readonly vmas?: readonly DumpedVma[];
  readonly expectations: readonly ExpectationResult[];
}

/** What a scenario did on one machine. */
export interface Run {
  readonly formatVersion: typeof RUN_FORMAT_VERSION;
  readonly scenario: { readonly name: string; readonly title: string };
  readonly machine: MachineSpec & { readonly strategy: string };
  readonly steps: readonly StepResult[];
  /** The step at which the run ended early because the model lacks something, or null. */
  readonly unsupported: {
    readonly step: number;
    readonly line: number;
    readonly what: string;
  } | null;
}

/** Choices of {@link runScenario}. */
export interface RunOptions extends SystemOptions {
  /** Record batches and flushes of every mprotect. Costs time on large ranges. @defaultValue true */
  readonly trace?: boolean;
}

interface OpenBatch {
  at: number;
  nr: number;
  commits: number[];
  old: string;
  new: string;
}

/** Turns the traced calls of one mprotect into batches and flushes. */
class CallTrace {
  readonly batches: OpenBatch[] = [];
  readonly flushes: FlushedRange[] = [];

  add(event: TraceEvent): void {
    if (event.fn === 'modify_prot_start') {
      this.batches.push({
        at: event.vpn - STORY_BASE_VPN,
        nr: event.nr,
        commits: [],
        old: '',
        new: '',
      });
    } else if (event.fn === 'modify_prot_commit') {
      const batch = this.batches.at(-1);
      if (batch === undefined) return;
      if (batch.commits.length === 0) {
        batch.old = rawHex(event.old);
        batch.new = rawHex(event.new);
      }
      batch.commits.push(event.nr);
    } else if (event.fn === 'flush_tlb_range') {
      const { start, end, stride } = event;
      this.flushes.push({ at: start - STORY_BASE_VPN, pages: end - start, stride });
    }
  }
}

function runStep(story: Story, step: ScenarioStep, index: number, trace: boolean): StepResult {
  const { operation } = step;
  const calls = new CallTrace();
  const traced = trace && operation.op === 'mprotect';
  story.mm.trace = traced
    ? (event) => {
        calls.add(event);
      }
    : null;
  let outcome: OpOutcome;
  try {
    outcome = story.apply(operation);
  } finally {
    story.mm.trace = null;
  }
  const events = takeEvents(story.mm.events);
  let faults = events.faults;
  for (const child of story.children.values()) faults += takeEvents(child.events).faults;
  const result: Omit<StepResult, 'expectations'> = {
    step: index,
    line: step.line,
    op: formatOpLine(operation),
    events,
    faults,
    signals: outcome.touch?.signals.length ?? 0,
    ...(operation.op === 'faults' && outcome.touch !== undefined
      ? { faultVector: outcome.touch.faults }
      : {}),
    ...(outcome.mprotect === undefined
      ? {}
      : {
          mprotect: {
            error: outcome.mprotect.error,
            changed: outcome.mprotect.pages,
            batches: calls.batches,
            flushes: calls.flushes,
          },
        }),
    ...(operation.op === 'dump'
      ? {
          dump: dumpPages(
            story.space(operation.child),
            STORY_BASE_VPN,
            operation.at ?? 0,
            operation.pages ?? 512,
          ),
        }
      : {}),
    ...(operation.op === 'vmas' ? { vmas: dumpVmas(story.mm, STORY_BASE_VPN) } : {}),
  };
  return { ...result, expectations: checkExpectations(step.expect, result, story.machine) };
}

/**
 * Runs a scenario on a machine, from an empty address space.
 *
 * A step that the model lacks ends the run and is named in {@link Run.unsupported}; it is not an error.
 *
 * @throws RangeError if a step can't be carried out as written (an unknown child, no such folio size).
 */
export function runScenario(scenario: Scenario, machine: Machine, options: RunOptions = {}): Run {
  const story = new Story(machine, options);
  const steps: StepResult[] = [];
  let unsupported: Run['unsupported'] = null;
  for (const [index, step] of scenario.steps.entries()) {
    try {
      steps.push(runStep(story, step, index, options.trace ?? true));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      unsupported = { step: index, line: step.line, what: error.what };
      break;
    }
  }
  return {
    formatVersion: RUN_FORMAT_VERSION,
    scenario: { name: scenario.name, title: scenario.title },
    machine: { ...machine.spec, strategy: machine.strategy.name },
    steps,
    unsupported,
  };
}
