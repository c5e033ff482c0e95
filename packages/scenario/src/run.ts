import { UnsupportedError, type SystemOptions } from '@ptelab/mm';
import { rawHex, takeEvents, type TraceEvent } from '@ptelab/pte';
import type { Machine } from './machine.ts';
import { formatOpLine } from './op/op-line.ts';
import { checkExpectations } from './expect.ts';
import { RUN_FORMAT_VERSION, type FlushedRange, type Run, type StepResult } from './run-result.ts';
import type { MprotectOp } from './op/operation.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import { dumpPages, dumpVmas, type PageDump } from './story/capture.ts';
import { predictPages } from './story/predict.ts';
import { Story, STORY_BASE_VPN, type OpOutcome } from './story/story.ts';

/** Choices of {@link runScenario}. Those of the TLB override what the scenario says. */
export interface RunOptions extends SystemOptions {
  /** Record batches and flushes of every mprotect. Costs time on large ranges. @defaultValue true */
  readonly trace?: boolean;
  /**
   * Most pages to dump before and after every mprotect: its range, widened to whole blocks of 16 pages,
   * as a change at the end of a range reaches a whole contiguous block. @defaultValue 0
   */
  readonly maps?: number;
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

/** Pages that a change of one entry can reach on arm64 with 4K pages. */
const BLOCK_PAGES = 16;

/** What {@link RunOptions.maps} shows of the page tables. */
function mapAround(story: Story, { at, pages }: MprotectOp, maps: number): PageDump {
  const first = at - (at % BLOCK_PAGES);
  const end = Math.ceil((at + pages) / BLOCK_PAGES) * BLOCK_PAGES;
  return dumpPages(story.mm, STORY_BASE_VPN, first, Math.min(end - first, maps));
}

function runStep(story: Story, step: ScenarioStep, index: number, options: RunOptions): StepResult {
  const { operation } = step;
  const { trace = true, maps = 0 } = options;
  const calls = new CallTrace();
  const traced = trace && operation.op === 'mprotect';
  story.mm.trace = traced
    ? (event) => {
        calls.add(event);
      }
    : null;
  const mapped = operation.op === 'mprotect' && maps > 0 ? operation : null;
  const before = mapped === null ? null : mapAround(story, mapped, maps);
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
    ...(story.waiting === 0 ? {} : { waits: story.waiting }),
    ...(outcome.error === undefined ? {} : { error: outcome.error }),
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
            ...(mapped === null || before === null
              ? {}
              : { maps: { before, after: mapAround(story, mapped, maps) } }),
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
    ...(operation.op === 'predict' ? { prediction: predictPages(story, operation) } : {}),
    ...(operation.op === 'vmas' ? { vmas: dumpVmas(story.mm, STORY_BASE_VPN) } : {}),
    ...(story.system.tlb === null ? {} : tlbResult(story)),
  };
  return { ...result, expectations: checkExpectations(step.expect, result, story.machine) };
}

/** The part of a step's result that a TLB adds; what is zero or empty is left out but violations. */
function tlbResult(story: Story): Partial<StepResult> {
  const { violations, contigWindows, spuriousFaultRisks, toleratedOverlaps } =
    story.takeTlbOutcome();
  return {
    violations,
    ...(contigWindows.length === 0 ? {} : { contigWindows }),
    ...(spuriousFaultRisks === 0 ? {} : { spuriousFaultRisks }),
    ...(toleratedOverlaps === 0 ? {} : { toleratedOverlaps }),
  };
}

/**
 * Runs a scenario on a machine, from an empty address space.
 *
 * A step that the model lacks ends the run and is named in {@link Run.unsupported}; it is not an error.
 *
 * @throws RangeError if a step can't be carried out as written (an unknown child, no such folio size).
 */
export function runScenario(scenario: Scenario, machine: Machine, options: RunOptions = {}): Run {
  const tlb = options.tlb ?? scenario.tlb;
  const story = new Story(machine, { ...options, ...(tlb === undefined ? {} : { tlb }) });
  const steps: StepResult[] = [];
  let unsupported: Run['unsupported'] = null;
  for (const [index, step] of scenario.steps.entries()) {
    try {
      steps.push(runStep(story, step, index, options));
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
    ...(tlb === undefined ? {} : { tlb }),
    steps,
    unsupported,
  };
}
