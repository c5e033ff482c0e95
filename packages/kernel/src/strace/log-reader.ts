import { PtelabInputError } from '../input-error.ts';
import type { TextLine } from '../text-lines.ts';
import { argumentList } from './argument-list.ts';
import { frameName, isLibraryFrame } from './frame.ts';
import { isUnfinished, lineBody, withoutUnfinished, type LineBody } from './line-body.ts';
import type {
  CallCounts,
  CallResult,
  LineCounts,
  LogEvent,
  LoggedRequest,
  LogPlace,
  StraceLog,
} from './log.ts';
import { linePrefix } from './prefix.ts';
import { ProcessIds } from './process-ids.ts';
import { bad, shown } from './reader.ts';
import { FOLLOWED } from './requests.ts';
import { returned } from './returned.ts';

/** Most calls and process events that are kept: some 500 MB. */
const MOST_EVENTS = 2_000_000;
/** Names of calls that are told apart; Linux has fewer than 500. */
const MOST_NAMES = 1024;
const OTHER_NAMES = 'other names';
/** Places that are named, of each kind. */
const MOST_PLACES = 20;

/** A call while the log is read. */
interface CallEntry {
  readonly kind: 'call';
  readonly line: number;
  readonly pid: number;
  readonly name: string;
  request: LoggedRequest | null;
  result: CallResult;
  ns: number | null;
  frame: string | null;
}

/** A call that has begun. */
interface Begun {
  readonly name: string;
  readonly line: number;
  readonly text: string;
  /** Null if the call is not followed. */
  readonly entry: CallEntry | null;
}

const UNFINISHED: CallResult = { kind: 'unfinished' };

type Counted = Exclude<keyof LineCounts, 'total'>;

/** Takes the lines of a log in order, and accounts for every one. */
export class LogReader {
  readonly #source: string;
  readonly #lines: LineCounts = {
    total: 0,
    memory: 0,
    process: 0,
    other: 0,
    resumed: 0,
    signals: 0,
    exits: 0,
    frames: 0,
    notices: 0,
    cut: 0,
    unparsable: 0,
  };
  readonly #calls = new Map<string, CallCounts>();
  readonly #events: LogEvent[] = [];
  readonly #unparsable: LogPlace[] = [];
  readonly #unfinished: LogPlace[] = [];
  readonly #begun = new Map<number, Begun>();
  readonly #ids = new ProcessIds();
  /** The call that the next frames belong to. */
  #last: CallEntry | null = null;
  #cut: LogPlace | null = null;
  /** The process whose call a message of strace has cut in two. */
  #interrupted: number | null = null;

  constructor(source: string) {
    this.#source = source;
  }

  /** Takes the next line. */
  add(line: TextLine): void {
    const counts = this.#lines;
    counts.total++;
    const kind = this.#take(line);
    counts[kind]++;
    if (kind === 'unparsable') this.#note(this.#unparsable, line.line, line.text);
    if (kind === 'cut') this.#cut = { line: line.line, text: shown(line.text) };
  }

  /**
   * Ends the log: what has not returned never will.
   *
   * @throws PtelabInputError if no line was one of strace's.
   */
  finish(): StraceLog {
    const { total, unparsable, cut, notices } = this.#lines;
    if (total === unparsable + cut + notices) {
      const text = `expected a log of strace, found ${total} lines that are none of it`;
      throw new PtelabInputError('no-log', this.#source, 0, text);
    }
    for (const pid of [...this.#begun.keys()]) this.#abandon(pid);
    return {
      source: this.#source,
      lines: this.#lines,
      calls: this.#calls,
      events: this.#events,
      unparsable: this.#unparsable,
      unfinished: this.#unfinished,
      cut: this.#cut,
    };
  }

  #note(places: LogPlace[], line: number, text: string): void {
    if (places.length < MOST_PLACES) places.push({ line, text: shown(text) });
  }

  #take({ text, line, ended }: TextLine): Counted {
    const prefix = linePrefix(text);
    const body = lineBody(text.slice(prefix.end));
    const interrupted = this.#interrupted;
    this.#interrupted = null;
    switch (body.kind) {
      case 'notice':
        return 'notices';
      case 'unparsable':
        if (interrupted !== null) return this.#goOn(interrupted, line, text, ended);
        return ended ? 'unparsable' : 'cut';
      case 'frame':
        this.#frame(body.frame);
        return 'frames';
      case 'signal':
        this.#whose(prefix.pid, body);
        return 'signals';
      case 'exit': {
        const pid = this.#whose(prefix.pid, body);
        this.#abandon(pid);
        this.#ids.ended(pid);
        this.#push({ kind: 'exit', pid }, line);
        return 'exits';
      }
      case 'superseded':
        this.#supersede(this.#whose(prefix.pid, body), body.by, line);
        return 'exits';
      case 'call':
        return this.#call(this.#whose(prefix.pid, body), line, body, ended);
      case 'resumed':
        return this.#resume(this.#whose(prefix.pid, body), line, body, ended);
    }
  }

  /** Whose a line is; finds out which pid the lines without one belong to. */
  #whose(pid: number | null, body: LineBody): number {
    if (pid !== null && this.#ids.mayNameFirst(pid)) {
      const begun = this.#begun.get(0);
      // Who appears while the first process is making another is that other, unless it ends that call.
      const makes = begun !== undefined && FOLLOWED.get(begun.name)?.group === 'process';
      if (!makes || (body.kind === 'resumed' && body.name === begun.name)) {
        this.#ids.nameFirst(pid);
        this.#push({ kind: 'named', pid }, 0);
        this.#begun.delete(0);
        if (begun !== undefined) this.#begun.set(pid, begun);
      }
    }
    return this.#ids.of(pid);
  }

  #push(event: LogEvent, line: number): void {
    if (this.#events.length === MOST_EVENTS) {
      const text = `expected at most ${MOST_EVENTS} calls on memory and processes, found more`;
      throw new PtelabInputError('too-many', this.#source, line, text);
    }
    this.#events.push(event);
  }

  #frame(text: string): void {
    if (this.#last === null || this.#last.frame !== null) return;
    const name = frameName(text);
    if (!isLibraryFrame(name)) this.#last.frame = name;
  }

  /** What a process had begun and will not end. */
  #abandon(pid: number): void {
    const begun = this.#begun.get(pid);
    if (begun === undefined) return;
    this.#begun.delete(pid);
    this.#countsOf(begun.name).unfinished++;
    this.#note(this.#unfinished, begun.line, begun.name);
  }

  #supersede(pid: number, by: number, line: number): void {
    this.#abandon(pid);
    const begun = this.#begun.get(by);
    this.#begun.delete(by);
    if (begun !== undefined) this.#begun.set(pid, begun);
    this.#ids.ended(by);
    this.#push({ kind: 'superseded', pid, by }, line);
  }

  #countsOf(name: string): CallCounts {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    if (this.#calls.size >= MOST_NAMES && name !== OTHER_NAMES) return this.#countsOf(OTHER_NAMES);
    const zero: CallCounts = {
      lines: 0,
      calls: 0,
      succeeded: 0,
      failed: 0,
      unknown: 0,
      unfinished: 0,
      withoutBeginning: 0,
    };
    this.#calls.set(name, zero);
    return zero;
  }

  #call(
    pid: number,
    line: number,
    { name, text, whole, interrupted }: Extract<LineBody, { kind: 'call' }>,
    ended: boolean,
  ): Counted {
    const followed = FOLLOWED.get(name);
    const parts = whole ? this.#parts(name, text) : null;
    if (whole && parts === null) {
      if (!ended) return 'cut';
      if (followed === undefined) return 'unparsable';
      bad({ source: this.#source, line, name }, 'arguments and a result', text);
    }
    this.#abandon(pid);
    if (interrupted) this.#interrupted = pid;
    const counts = this.#countsOf(name);
    counts.lines++;
    counts.calls++;
    const entry: CallEntry | null =
      followed === undefined
        ? null
        : {
            kind: 'call',
            line,
            pid,
            name,
            request: null,
            result: UNFINISHED,
            ns: null,
            frame: null,
          };
    const early = whole || followed?.early === true;
    if (entry !== null && early) this.#push(entry, line);
    const begun: Begun = { name, line, text, entry };
    if (parts === null) this.#begun.set(pid, begun);
    else this.#end(begun, line, parts);
    return name === 'exit' || name === 'exit_group' ? 'process' : (followed?.group ?? 'other');
  }

  /** Takes the rest of a call that a message has cut in two. */
  #goOn(pid: number, line: number, text: string, ended: boolean): Counted {
    const begun = this.#begun.get(pid);
    if (begun === undefined) return ended ? 'unparsable' : 'cut';
    if (!isUnfinished(text))
      return this.#resume(pid, line, { kind: 'resumed', name: begun.name, text }, ended);
    this.#begun.set(pid, { ...begun, text: begun.text + withoutUnfinished(text) });
    this.#countsOf(begun.name).lines++;
    return 'resumed';
  }

  #resume(
    pid: number,
    line: number,
    { name, text }: Extract<LineBody, { kind: 'resumed' }>,
    ended: boolean,
  ): Counted {
    const begun = this.#begun.get(pid);
    if (begun?.name !== name) {
      const counts = this.#countsOf(name);
      counts.lines++;
      counts.withoutBeginning++;
      this.#last = null;
      return 'resumed';
    }
    const parts = this.#parts(name, begun.text + text);
    if (parts === null) {
      if (!ended) return 'cut';
      if (begun.entry === null) return 'unparsable';
      bad({ source: this.#source, line, name }, 'arguments and a result', begun.text + text);
    }
    this.#begun.delete(pid);
    this.#countsOf(name).lines++;
    const early = FOLLOWED.get(name)?.early === true;
    // A thread's exec goes on under another pid; what took effect early did so under its own.
    const renamed = begun.entry !== null && !early && begun.entry.pid !== pid;
    const entry = renamed ? { ...begun.entry, pid } : begun.entry;
    if (entry !== null && !early) this.#push(entry, line);
    this.#end({ ...begun, entry }, line, parts);
    return 'resumed';
  }

  /** Arguments and result of a whole call, or null. */
  #parts(name: string, text: string): CallParts | null {
    const list = argumentList(text, name.length + 1);
    const result = list === null ? null : returned(text.slice(list.end));
    return list === null || result === null ? null : { args: list.args, ...result };
  }

  #end({ name, entry }: Begun, line: number, { args, result, ns }: CallParts): void {
    const counts = this.#countsOf(name);
    if (result.kind === 'value') counts.succeeded++;
    else if (result.kind === 'error') counts.failed++;
    else counts.unknown++;
    this.#last = entry;
    const followed = FOLLOWED.get(name);
    if (entry === null || followed === undefined) return;
    entry.result = result;
    entry.ns = ns;
    if (result.kind !== 'value') return;
    const reader = { source: this.#source, line, name };
    const [least, most] = followed.args;
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `${least} to ${most}`;
      bad(reader, `${wanted} arguments`, args.join(', '));
    }
    entry.request = followed.read(reader, args, result.value);
    if (entry.request.call === 'fork') this.#ids.made(result.value);
  }
}

interface CallParts {
  readonly args: readonly string[];
  readonly result: CallResult;
  readonly ns: number | null;
}
