import type { Pte } from '@ptelab/pte';

/** A batch that the strategy started. Slots count from the window of the judged call. */
export interface LoggedStart {
  readonly slot: number;
  readonly nr: number;
}

/** A commit: its place, and the first entry before and after as the strategy gave them. */
export interface LoggedCommit {
  readonly slot: number;
  readonly nr: number;
  readonly old: Readonly<Pte>;
  readonly new: Readonly<Pte>;
}

/** A TLB flush, and how many commits had been made when it was issued. */
export interface LoggedFlush {
  /** First slot. */
  readonly start: number;
  /** Slot after the last; Infinity if everything was flushed. */
  readonly end: number;
  readonly commits: number;
}

/** What a strategy asked of the page table during one call, in order. */
export class CallLog {
  readonly starts: LoggedStart[] = [];
  readonly commits: LoggedCommit[] = [];
  readonly flushes: LoggedFlush[] = [];
  /** Slots that were started and not yet committed: [from, to). */
  pendingFrom = 0;
  pendingTo = 0;
  /** True if hardware wrote through every writable entry just before it was started. */
  raced = false;
  /** First misuse of the page-table operations, in words; null if there was none. */
  misuse: string | null = null;

  /** Forgets everything, for the next call. */
  clear(): void {
    this.starts.length = 0;
    this.commits.length = 0;
    this.flushes.length = 0;
    this.pendingFrom = 0;
    this.pendingTo = 0;
    this.raced = false;
    this.misuse = null;
  }

  /** Notes a misuse, unless there was one before. */
  blame(what: string): void {
    this.misuse ??= what;
  }

  /** Notes that slots are started; all that were must be committed. */
  start(slot: number, nr: number): void {
    if (this.pendingTo > this.pendingFrom) {
      this.blame(`starts slot ${slot} while slots from ${this.pendingFrom} on are not committed`);
    }
    this.starts.push({ slot, nr });
    this.pendingFrom = slot;
    this.pendingTo = slot + nr;
  }

  /** Notes that slots are committed, which must have been started. */
  commit(slot: number, nr: number, old: Readonly<Pte>, new_: Readonly<Pte>): void {
    if (slot !== this.pendingFrom || slot + nr > this.pendingTo) {
      const pending = `${this.pendingFrom} to ${this.pendingTo - 1}`;
      this.blame(`commits ${nr} from slot ${slot}, started are slots ${pending}`);
    }
    this.pendingFrom = slot + nr;
    this.commits.push({ slot, nr, old: { ...old }, new: { ...new_ } });
  }

  /** Notes that slots are flushed. */
  flush(start: number, end: number): void {
    if (this.pendingTo > this.pendingFrom) this.blame('flushes before it commits');
    this.flushes.push({ start, end, commits: this.commits.length });
  }

  /** Notes that a slot is read, which must not be started. */
  read(slot: number): void {
    if (slot >= this.pendingFrom && slot < this.pendingTo) {
      this.blame(`reads slot ${slot}, which it has started and not committed`);
    }
  }

  /** What happened in the slots [from, to) of a window whose slot 0 is slot `base` here. */
  slice(base: number, from: number, to: number): CallLog {
    const part = new CallLog();
    const inside = ({ slot }: LoggedStart): boolean => slot >= base + from && slot < base + to;
    part.starts.push(...this.starts.filter(inside).map((s) => ({ ...s, slot: s.slot - base })));
    const commitsUpTo = [0];
    for (const commit of this.commits) {
      if (inside(commit)) part.commits.push({ ...commit, slot: commit.slot - base });
      commitsUpTo.push(part.commits.length);
    }
    for (const { start, end, commits } of this.flushes) {
      const made = commitsUpTo[commits] ?? 0;
      part.flushes.push({ start: start - base, end: end - base, commits: made });
    }
    part.pendingFrom = this.pendingFrom - base;
    part.pendingTo = this.pendingTo - base;
    part.raced = this.raced;
    part.misuse = this.misuse;
    return part;
  }
}
