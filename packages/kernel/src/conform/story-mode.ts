import { UnsupportedError } from '@ptelab/mm';
import { takeEvents, type TlbPolicy } from '@ptelab/pte';
import {
  createMachine,
  parseOpLine,
  Story,
  type Operation,
  type TouchOutcome,
} from '@ptelab/scenario';
import { isOfProbe, recordedMachine } from '../recording/machine.ts';
import type {
  DumpStep,
  FaultsStep,
  OpStep,
  RecordedStep,
  Recording,
  VmasStep,
} from '../recording/types.ts';
import { compareCalls, compareTlbOperations } from './compare-calls.ts';
import { compareDump, type DumpRules } from './compare-dump.ts';
import { claimedBits } from './page-claims.ts';
import { FrameNames } from './frame-names.ts';
import type { Place, RecordingReport } from './report-builder.ts';
import { replaySteps } from './replay-steps.ts';
import { resultDifferences, runTraced } from './run-traced.ts';
import { visibleCalls, type Call, type VisibleCall } from './traced-calls.ts';
import { TestProgram } from './test-program.ts';
import { smapsDifferences, vmaDifferences } from './compare-vmas.ts';

function isAction(step: RecordedStep): boolean {
  return step.t === 'op' || step.t === 'faults';
}

/**
 * Faults of a touch in the recording's form: a digit per page, S for a signal.
 *
 * @param own - faults of the touching code itself, which fall on the first page.
 */
function faultVector(touch: TouchOutcome, own: number): string {
  return touch.faults
    .map((faults, i) => (i === 0 ? faults + own : faults))
    .map((faults, i) => (touch.signals.includes(i) ? 'S' : String(Math.min(faults, 9))))
    .join('');
}

/** Folio size that is `madvise` where scenarios of the probe begin (thp_save), and not `never`. */
const PROBE_HUGE_KB = 2048;

/**
 * Replays one recording as a story: from an empty address space, with nothing taken from its dumps.
 * Entries are compared up to the names of page frames.
 */
export class StoryReplay {
  readonly #recording: Recording;
  readonly #report: RecordingReport;
  readonly #story: Story;
  readonly #frames: FrameNames;
  /** The program that made the recording, if its own pages show in it. */
  readonly #program: TestProgram | null;
  readonly #visible: readonly VisibleCall[];
  readonly #rules: DumpRules;

  constructor(recording: Recording, file: string, report: RecordingReport, tlb?: TlbPolicy) {
    this.#recording = recording;
    this.#report = report;
    // Recordings that don't say have it.
    const lruGen = recording.config.CONFIG_LRU_GEN_ENABLED !== 'n';
    this.#story = new Story(createMachine(recordedMachine(recording, file)), {
      lruGen,
      ...(tlb === undefined ? {} : { tlb }),
    });
    // With no size enabled for huge mappings khugepaged would end, and start with a scan once one is.
    if (isOfProbe(recording)) this.#story.system.thp.set(PROBE_HUGE_KB, 'madvise');
    this.#frames = new FrameNames(this.#story);
    this.#program = isOfProbe(recording) ? null : new TestProgram(this.#story);
    this.#visible = visibleCalls(this.#story.machine.spec, recording.probes);
    const { arch, lru } = this.#story.system;
    const { entry, frame, swapSlot } = this.#frames;
    const claims = claimedBits(arch.features, lruGen);
    const lazyfreeDrained = (): void => {
      lru.drainLazyfree();
      report.input('lazyfree-batch', 1);
    };
    this.#rules = { entry, frame, swapSlot, claims, lazyfreeDrained };
  }

  /** Replays all steps, or those up to the first that the model lacks. */
  run(): void {
    replaySteps({
      recording: this.#recording,
      report: this.#report,
      play: (index, step) => {
        this.#replay(index, step);
        this.#violations(index, step);
      },
      counts: isAction,
    });
  }

  #violations(index: number, step: RecordedStep): void {
    const { violations } = this.#story.takeTlbOutcome();
    const op = step.t === 'op' ? step.op : `${step.t} ${step.label}`;
    this.#report.differences(
      { step: index, op },
      violations.map((violation) => ({
        what: 'violations',
        expected: 'none',
        found: `${violation.kind} ${violation.at}+${violation.pages} ${violation.cached} ${violation.mapped}`,
      })),
    );
  }

  #replay(index: number, step: RecordedStep): void {
    switch (step.t) {
      case 'op':
        this.#op(index, step);
        return;
      case 'faults':
        this.#faults(index, step);
        return;
      case 'dump':
        this.#dump(index, step);
        return;
      case 'vmas':
        this.#vmas(index, step);
    }
  }

  #vmas(index: number, step: VmasStep): void {
    const place = { step: index, op: `vmas ${step.label}` };
    const differences = vmaDifferences(this.#story, step);
    this.#report.differences(place, differences);
    this.#report.count('vmas', step.vmas.length);
    if (differences.length > 0) return;
    const smaps = smapsDifferences(this.#story, step);
    this.#report.count('smaps', smaps.compared);
    this.#report.differences(place, smaps.differences);
  }

  /** Compares the minor faults of an operation, the program's own included. */
  #minflt(place: Place, step: OpStep, operation: Operation, found: number): void {
    if (step.minflt === undefined) return;
    this.#report.count('minflt', 1);
    const unexplained = this.#program?.unexplained(operation) ?? null;
    const excess = step.minflt - found;
    if (unexplained !== null && excess >= 0 && excess <= unexplained.most) {
      this.#program?.explain(unexplained, excess);
      this.#report.input(unexplained.input, 1);
      return;
    }
    if (excess === 0) return;
    const expected = String(step.minflt);
    this.#report.differences(place, [{ what: 'minor faults', expected, found: String(found) }]);
  }

  #op(index: number, step: OpStep): void {
    const { mm, machine } = this.#story;
    const operation = parseOpLine(step.op);
    const before = mm.minFlt;
    this.#program?.before(operation);
    takeEvents(mm.events);
    const { calls, ...outcome } = runTraced(this.#story, operation, this.#visible);
    const events = takeEvents(mm.events);
    const signalled = (outcome.touch?.signals.length ?? 0) > 0;
    this.#program?.after(operation, signalled);
    this.#report.step();
    const place = { step: index, op: step.op };
    this.#minflt(place, step, operation, mm.minFlt - before);
    this.#program?.between(operation);
    this.#report.differences(place, resultDifferences(step, outcome));
    if (outcome.mprotect === undefined) return;
    const compared = compareCalls(step, calls, {
      visible: this.#visible,
      sameEntry: this.#frames.entry,
      triesFold: (call) => this.#triesFold(call),
    });
    const tlb = compareTlbOperations(step, events, machine.spec);
    this.#report.count('counters', compared.compared + tlb.compared);
    this.#report.differences(place, [...compared.differences, ...tlb.differences]);
  }

  /**
   * Whether the kernel tries to fold a block at this entry. Folios smaller than a block lie anywhere in
   * it, as its allocator picked their frames; an attempt on them never succeeds.
   */
  #triesFold({ entries, unaligned }: Call): boolean | null {
    const { arch, memmap } = this.#story.system;
    const [entry] = entries;
    if (entry === undefined) return null;
    const frame = arch.ptePfn(entry);
    if (memmap.folioNrPages(frame) >= arch.contPtes) return unaligned !== true;
    const recorded = this.#frames.recordedFrame(frame);
    if (recorded === undefined) return null;
    this.#report.input('frame-alignment', 1);
    return recorded % arch.contPtes === arch.contPtes - 1;
  }

  #faults(index: number, step: FaultsStep): void {
    const access = step.access === 'w' ? 'write' : 'read';
    const { label, off, n } = step;
    const operation = { op: 'faults', label, access, at: off, pages: n, step: step.step } as const;
    const own = this.#program?.runTouch() ?? 0;
    const { touch } = this.#story.apply(operation);
    takeEvents(this.#story.mm.events);
    this.#report.step();
    this.#report.count('faultVectors', 1);
    const found = touch === undefined ? '' : faultVector(touch, own);
    if (found === step.vec) return;
    const place = { step: index, op: `${step.access}f ${label} ${off} ${n} ${step.step}` };
    this.#report.differences(place, [{ what: 'faults', expected: step.vec, found }]);
  }

  #dump(index: number, dump: DumpStep): void {
    const mm = dump.mm === 'self' ? this.#story.mm : this.#story.children.get(dump.mm);
    if (mm === undefined) throw new UnsupportedError(`a dump of process ${dump.mm}`);
    const place = { step: index, op: `dump ${dump.label} ${dump.off} ${dump.n}` };
    this.#report.dump(place, compareDump(mm, dump, this.#rules));
  }
}
