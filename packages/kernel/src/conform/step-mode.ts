import { makePte, takeEvents } from '@ptelab/pte';
import { createMachine, parseOpLine, Story, type MprotectOp } from '@ptelab/scenario';
import type { DumpStep, OpStep, RecordedStep, Recording } from '../recording/types.ts';
import { recordedMachine } from '../recording/machine.ts';
import { compareCalls, compareTlbOperations, type Comparison } from './compare-calls.ts';
import { compareDump, SAME_NUMBERS } from './compare-dump.ts';
import { vmaDifferences } from './compare-vmas.ts';
import { FolioOrders, recordedZeroPfn } from './dump-pages.ts';
import { loadDump } from './load-dump.ts';
import type { RecordingReport } from './report-builder.ts';
import { replaySteps } from './replay-steps.ts';
import { resultDifferences, runTraced } from './run-traced.ts';
import { visibleCalls, type VisibleCall } from './traced-calls.ts';
import { keepsPageTables, VmaEffects } from './vma-effects.ts';

function isMprotect(step: RecordedStep): boolean {
  return step.t === 'op' && step.op.startsWith('mprotect ');
}

/** Pages whose entries are known, relative to the story's window. */
interface KnownPages {
  readonly at: number;
  readonly end: number;
}

/**
 * Replays one recording step by step: every dump sets the model's state, every mprotect that follows
 * is run on it and compared with its trace, and the next dump with the state that came out.
 */
export class StepReplay {
  readonly #recording: Recording;
  readonly #report: RecordingReport;
  readonly #story: Story;
  readonly #vmas: VmaEffects;
  readonly #orders = new FolioOrders();
  readonly #visible: readonly VisibleCall[];
  #known: KnownPages | null = null;
  /** mprotect steps run since the state was last compared or set. */
  #pending: { step: number; op: string }[] = [];

  constructor(recording: Recording, file: string, report: RecordingReport) {
    this.#recording = recording;
    this.#report = report;
    const zeroPfn = recordedZeroPfn(recording.steps.filter((step) => step.t === 'dump'));
    this.#story = new Story(
      createMachine(recordedMachine(recording, file)),
      zeroPfn === undefined ? {} : { zeroPfn },
    );
    this.#vmas = new VmaEffects(this.#story);
    this.#visible = visibleCalls(this.#story.machine.spec, recording.probes);
  }

  /** Replays all steps, or those up to the first that the model lacks. */
  run(): void {
    replaySteps({
      recording: this.#recording,
      report: this.#report,
      play: (index, step) => {
        this.#replay(index, step);
      },
      counts: isMprotect,
    });
  }

  #replay(index: number, step: RecordedStep): void {
    switch (step.t) {
      case 'op':
        this.#op(index, step);
        return;
      case 'dump':
        this.#dump(step);
        return;
      case 'vmas': {
        const place = { step: index, op: `vmas ${step.label}` };
        this.#report.differences(place, vmaDifferences(this.#story, step));
        return;
      }
      case 'faults': {
        const { access, label, off, n } = step;
        this.#forget(`${access === 'w' ? 'wf' : 'rf'} ${label} ${off} ${n} ${step.step}`);
      }
    }
  }

  #forget(line: string): void {
    this.#vmas.apply(parseOpLine(line));
    this.#known = null;
    this.#pending = [];
    this.#story.mm.clearPageTables();
  }

  #op(index: number, step: OpStep): void {
    const operation = parseOpLine(step.op);
    if (operation.op === 'mprotect') this.#mprotect(index, step, operation);
    else if (step.ret < 0 && !keepsPageTables(operation)) this.#known = null;
    else if (keepsPageTables(operation)) this.#vmas.apply(operation);
    else this.#forget(step.op);
  }

  #mprotect(index: number, step: OpStep, operation: MprotectOp): void {
    const { mm } = this.#story;
    takeEvents(mm.events);
    const { calls, ...outcome } = runTraced(this.#story, operation, this.#visible);
    if (this.#known === null) return;
    const place = { step: index, op: step.op };
    this.#pending.push(place);
    this.#report.step();
    this.#report.differences(place, resultDifferences(step, outcome));
    if (operation.at < this.#known.at || operation.at + operation.pages > this.#known.end) return;
    this.#calls(
      place,
      compareCalls(step, calls, { visible: this.#visible, sameEntry: SAME_NUMBERS.entry }),
    );
    this.#calls(place, compareTlbOperations(step, mm.events, this.#story.machine.spec));
  }

  #calls(place: { step: number; op: string }, comparison: Comparison): void {
    this.#report.count('counters', comparison.compared);
    this.#report.differences(place, comparison.differences);
  }

  #dump(dump: DumpStep): void {
    if (dump.mm !== 'self') return;
    const last = this.#pending.at(-1);
    if (this.#known !== null && last !== undefined) {
      this.#report.dump(last, compareDump(this.#story.mm, dump, SAME_NUMBERS));
    }
    loadDump(this.#story, dump, this.#orders);
    this.#vmas.noteReclaimed(this.#showsSwapEntries());
    this.#known = { at: dump.off, end: dump.off + dump.n };
    this.#pending = [];
  }

  #showsSwapEntries(): boolean {
    const { mm, system } = this.#story;
    const pte = makePte();
    return mm.vmas.all.some((vma) => {
      for (let vpn = vma.start; vpn < vma.end; vpn++) {
        const table = mm.table(vpn);
        if (table === undefined) continue;
        table.peek(vpn - table.base, pte);
        if (system.arch.pteNone(pte) || system.arch.ptePresent(pte.bits)) continue;
        if (system.arch.decodeNonPresent(pte).kind === 'swap') return true;
      }
      return false;
    });
  }
}
