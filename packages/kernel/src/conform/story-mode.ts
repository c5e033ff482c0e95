import { HugePmd, UnsupportedError, type AddressSpace } from '@ptelab/mm';
import { makePte, PteTable, rawHex, takeEvents, type Pte, type TlbPolicy } from '@ptelab/pte';
import {
  createMachine,
  parseOpLine,
  Story,
  STORY_BASE_VPN,
  type Operation,
  type TouchOutcome,
} from '@ptelab/scenario';
import { recordedMachine } from '../recording/machine.ts';
import type { DumpStep, FaultsStep, OpStep, RecordedStep, Recording } from '../recording/types.ts';
import { wordsOfHex } from '../recording/words.ts';
import { compareCalls, compareTlbOperations, type Difference } from './compare-calls.ts';
import { recordedPage } from './dump-pages.ts';
import { FrameNames } from './frame-names.ts';
import { pmdIndexInDump } from './load-dump.ts';
import type { RecordingReport } from './report-builder.ts';
import { resultDifferences, runTraced } from './run-traced.ts';
import { isFoldAttempt } from './traced-calls.ts';
import { TestProgram } from './test-program.ts';
import { vmaDifferences } from './compare-vmas.ts';

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

/**
 * Replays one recording as a story: from an empty address space, with nothing taken from its dumps.
 * Entries are compared up to the names of page frames.
 */
export class StoryReplay {
  readonly #recording: Recording;
  readonly #report: RecordingReport;
  readonly #story: Story;
  readonly #frames: FrameNames;
  readonly #program: TestProgram;

  constructor(recording: Recording, file: string, report: RecordingReport, tlb?: TlbPolicy) {
    this.#recording = recording;
    this.#report = report;
    this.#story = new Story(
      createMachine(recordedMachine(recording, file)),
      tlb === undefined ? {} : { tlb },
    );
    this.#frames = new FrameNames(this.#story);
    this.#program = new TestProgram(this.#story);
  }

  /** Replays all steps, or those up to the first that the model lacks. */
  run(): void {
    const { steps } = this.#recording;
    for (const [index, step] of steps.entries()) {
      try {
        this.#replay(index, step);
        this.#violations(index, step);
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        this.#report.unsupported(error.what, steps.slice(index).filter(isAction).length);
        return;
      }
    }
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
        this.#report.differences(
          { step: index, op: `vmas ${step.label}` },
          vmaDifferences(this.#story, step),
        );
    }
  }

  #op(index: number, step: OpStep): void {
    const { mm, machine } = this.#story;
    const operation = parseOpLine(step.op);
    if (operation.op === 'read' || operation.op === 'write') this.#program.runTouch();
    const { calls, ...outcome } = runTraced(this.#story, operation);
    const events = takeEvents(mm.events);
    this.#report.step();
    const place = { step: index, op: step.op };
    this.#report.differences(place, resultDifferences(step, outcome));
    if (outcome.mprotect === undefined) return;
    const compared = compareCalls(step, calls, machine.spec, {
      sameEntry: this.#frames.sameEntry,
      incomparable: ({ probe, page }) => isFoldAttempt(probe) && this.#framesDecide(page ?? 0),
      incomparableBeyondCut: (probe) => isFoldAttempt(probe) && this.#framesDecideAny(operation),
    });
    const tlb = compareTlbOperations(step, events, machine.spec);
    this.#report.count('counters', compared.compared + tlb.compared);
    this.#report.differences(place, [...compared.differences, ...tlb.differences]);
  }

  /**
   * True if page `page` belongs to a folio smaller than a contiguous block. Whether the kernel tries
   * to fold such pages depends on the frames that its allocator picked, which a renaming of frames
   * leaves open; it never succeeds. Step mode, which has the frames, compares these attempts too.
   */
  #framesDecide(page: number): boolean {
    const { arch, memmap } = this.#story.system;
    const vpn = STORY_BASE_VPN + page;
    const table = this.#story.mm.table(vpn);
    if (table === undefined) return false;
    const pte = makePte();
    table.peek(vpn - table.base, pte);
    return arch.ptePresent(pte.bits) && memmap.folioNrPages(arch.ptePfn(pte)) < arch.contPtes;
  }

  #framesDecideAny(operation: Operation): boolean {
    if (operation.op !== 'mprotect') return false;
    for (let i = 0; i < operation.pages; i++) if (this.#framesDecide(operation.at + i)) return true;
    return false;
  }

  #faults(index: number, step: FaultsStep): void {
    const access = step.access === 'w' ? 'write' : 'read';
    const { label, off, n } = step;
    const operation = { op: 'faults', label, access, at: off, pages: n, step: step.step } as const;
    const own = this.#program.runTouch();
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
    const pte = makePte();
    const expected = makePte();
    for (const i of dump.pte.keys()) {
      const vpn = STORY_BASE_VPN + dump.off + i;
      this.#report.differences(place, this.#comparePage(mm, dump, i, vpn, pte, expected));
    }
  }

  #comparePage(
    mm: AddressSpace,
    dump: DumpStep,
    i: number,
    vpn: number,
    pte: Pte,
    expected: Pte,
  ): Difference[] {
    const pmd = mm.pmd(vpn);
    const raw = dump.pte[i] ?? null;
    const differences: Difference[] = [];
    this.#report.count('ptes', 1);
    if (pmd instanceof PteTable && raw !== null) {
      pmd.peek(vpn - pmd.base, pte);
      wordsOfHex(raw, expected);
      if (!this.#frames.sameEntry(expected, pte)) {
        differences.push({ what: `pte ${dump.off + i}`, expected: raw, found: rawHex(pte) });
      }
    } else if (pmd instanceof PteTable !== (raw !== null)) {
      const found = pmd instanceof PteTable ? 'a table' : 'no table';
      differences.push({ what: `pte ${dump.off + i}`, expected: raw ?? 'no table', found });
    }
    if (pmd instanceof HugePmd && (i === 0 || vpn % mm.pmdPages === 0)) {
      const hex = dump.pmd[pmdIndexInDump(mm, dump, i)] ?? null;
      wordsOfHex(hex ?? `0x${'0'.repeat(16)}`, expected);
      if (!this.#frames.sameEntry(expected, pmd.entry)) {
        const found = rawHex(pmd.entry);
        differences.push({ what: `pmd ${dump.off + i}`, expected: hex ?? 'none', found });
      }
    }
    const exclusive = this.#exclusive(mm, vpn, pte);
    const page = recordedPage(dump, i);
    if (exclusive === null || page === null) return differences;
    this.#report.count('paeFlags', 1);
    if (exclusive !== page.anonExclusive) {
      const what = `PageAnonExclusive ${dump.off + i}`;
      differences.push({ what, expected: String(page.anonExclusive), found: String(exclusive) });
    }
    return differences;
  }

  /** PageAnonExclusive of the page that the model maps at `vpn`, or null where it means nothing. */
  #exclusive(mm: AddressSpace, vpn: number, pte: Pte): boolean | null {
    const { arch, memmap, zeroPfn } = this.#story.system;
    const pmd = mm.pmd(vpn);
    if (pmd === undefined) return null;
    let pfn: number;
    if (pmd instanceof PteTable) {
      pmd.peek(vpn - pmd.base, pte);
      if (!arch.ptePresent(pte.bits)) return null;
      pfn = arch.ptePfn(pte);
    } else pfn = arch.pmdPfn(pmd.entry) + (vpn - pmd.base);
    if (pfn === zeroPfn || !memmap.isAnon(pfn)) return null;
    return memmap.anonExclusive(pfn);
  }
}
