import {
  createSystem,
  madvise,
  munmap,
  populateRange,
  UnsupportedError,
  type System,
} from '@ptelab/mm';
import { mprotect, PROT_GROWSDOWN, PROT_GROWSUP, PROT_SEM } from '@ptelab/mprotect';
import { takeEvents, VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import { ADVICE, protLetters, type Machine } from '@ptelab/scenario';
import { PtelabInputError } from '../input-error.ts';
import {
  UNNAMED_PID,
  type LogEvent,
  type LoggedCall,
  type MapRequest,
  type MprotectRequest,
  type RemapRequest,
  type StraceLog,
} from '../strace/log.ts';
import { NOT_FOLLOWED } from '../strace/requests.ts';
import { Counts } from './counts.ts';
import { mapMemory, populates } from './map-memory.ts';
import { moveMemory } from './move-memory.ts';
import { ProcessTable, type ProcessSpace } from './process-space.ts';
import { powerAbove, protectionsOf } from './protection-names.ts';
import type { Replay, ReplayMismatch } from './replay-result.ts';
import { Tallies, Tally, type TalliedCall } from './tally.ts';
import {
  MOST_WRITTEN_PAGES,
  PageWriter,
  TooManyPagesError,
  type TouchPolicy,
} from './touch-policy.ts';
import type { TouchedPages } from './touched-pages.ts';
import { UnknownMappings } from './unknown-memory.ts';

/** How a log is replayed. */
export interface ReplayOptions {
  /** @defaultValue 'first' */
  readonly touch?: TouchPolicy;
  /** What was written, for the policy `snapshot`. @defaultValue nothing */
  readonly touched?: TouchedPages;
  /** Orders of folios that anonymous memory may use, as if set to `always`. @defaultValue none */
  readonly folioOrders?: readonly number[];
}

/** Mismatches that are kept. */
const MOST_MISMATCHES = 20;
/** Protection bits that the model's mprotect takes. */
const PROT_KNOWN = VM_READ | VM_WRITE | VM_EXEC | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP;
/** Advice that throws the contents away. */
const DISCARDS: ReadonlySet<string> = new Set(['DONTNEED', 'DONTNEED_LOCKED', 'FREE', 'REMOVE']);
/** Advice that changes nothing of page tables that the model has, and no flag that it looks at. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'DODUMP',
  'DONTDUMP',
  'KEEPONFORK',
  'RANDOM',
  'SEQUENTIAL',
  'WILLNEED',
]);

type Site = Pick<
  Replay['sites'][number],
  'program' | 'pid' | 'from' | 'to' | 'mostBytes' | 'frame'
>;

/** Plays the calls of one log on one machine. */
class Replayer {
  readonly #machine: Machine;
  readonly #touch: TouchPolicy;
  readonly #touched: TouchedPages;
  readonly #orders: readonly number[];
  readonly #system: System;
  readonly #pageBytes: number;
  readonly #processes: ProcessTable;
  readonly #unknown = new UnknownMappings();
  readonly #writer = new PageWriter();
  readonly #notModelled = new Counts();
  readonly #calls = { applied: 0, failed: 0, unknown: 0, unfinished: 0 };
  readonly #total = new Tally();
  readonly #sites = new Tallies<Site>();
  readonly #perProcess = new Tallies<{ pid: number; program: string | null }>();
  readonly #ranges = new Tallies<{
    pid: number;
    program: string | null;
    start: string;
    bytes: number;
  }>();
  readonly #sizes = new Tallies<{ mostBytes: number }>();
  readonly #firstMismatches: ReplayMismatch[] = [];
  #mismatches = 0;

  /** @throws RangeError if the machine has no folios of an order. */
  constructor(machine: Machine, options: ReplayOptions) {
    this.#machine = machine;
    this.#touch = options.touch ?? 'first';
    this.#touched = options.touched ?? new Map();
    this.#orders = options.folioOrders ?? [];
    this.#system = createSystem(machine.arch);
    const { pageShift } = machine.arch;
    this.#pageBytes = 2 ** pageShift;
    for (const order of this.#orders) {
      this.#system.thp.set(2 ** (pageShift - 10 + order), 'always');
    }
    this.#processes = new ProcessTable(this.#system);
  }

  /** Plays one event. */
  apply(event: LogEvent): void {
    switch (event.kind) {
      case 'exit':
        this.#processes.end(event.pid);
        return;
      case 'superseded':
        this.#processes.end(event.by);
        return;
      case 'named':
        this.#processes.rename(UNNAMED_PID, event.pid);
        return;
      case 'call':
        this.#call(event);
    }
  }

  #call(call: LoggedCall): void {
    if (call.request === null || call.result.kind !== 'value') {
      const { kind } = call.result;
      if (kind === 'error') this.#calls.failed++;
      else if (kind === 'unfinished') this.#calls.unfinished++;
      else this.#calls.unknown++;
      return;
    }
    this.#calls.applied++;
    try {
      this.#carryOut(call, call.request, call.result.value);
    } catch (error) {
      if (error instanceof UnsupportedError) this.#notModelled.add(error.what);
      else throw error;
    }
  }

  #carryOut(call: LoggedCall, request: NonNullable<LoggedCall['request']>, value: number): void {
    const { pid } = call;
    switch (request.call) {
      case 'fork':
        this.#processes.fork(pid, value, request.sharesMemory);
        return;
      case 'exec':
        this.#processes.exec(pid, request.program);
        return;
      case 'mmap':
        this.#mmap(this.#processes.of(pid), request, value);
        return;
      case 'munmap': {
        const [start, end] = this.#span(request.start, request.length);
        munmap(this.#processes.of(pid).mm, start, end);
        return;
      }
      case 'brk':
        this.#brk(this.#processes.of(pid), value);
        return;
      case 'mremap':
        this.#mremap(call, this.#processes.of(pid), request, value);
        return;
      case 'madvise':
        this.#madvise(call, this.#processes.of(pid), request);
        return;
      case 'mprotect':
      case 'pkey_mprotect':
        this.#mprotect(call, this.#processes.of(pid), request);
    }
  }

  /** Pages of a range of bytes; a part of a page counts. */
  #span(start: number, length: number): [number, number] {
    const bytes = this.#pageBytes;
    return [Math.floor(start / bytes), Math.ceil((start + length) / bytes)];
  }

  #mapped(space: ProcessSpace, start: number, end: number): void {
    if (this.#touch === 'all') this.#writer.writeAll(space.mm, start, end);
  }

  #mmap(space: ProcessSpace, request: MapRequest, value: number): void {
    const [start, end] = this.#span(value, request.length);
    mapMemory(space, request, start, this.#pageBytes, this.#notModelled);
    if (populates(request.flags) && this.#touch !== 'none') {
      populateRange(space.mm, start, end, (request.prot & VM_WRITE) !== 0);
    }
    this.#mapped(space, start, end);
  }

  /** The heap ends where brk says: the kernel tells its new end, or the old one if it can't move. */
  #brk(space: ProcessSpace, value: number): void {
    const old = space.brk;
    space.brk = value;
    if (old === null) return;
    const from = Math.ceil(old / this.#pageBytes);
    const to = Math.ceil(value / this.#pageBytes);
    if (to < from) munmap(space.mm, to, from);
    if (to <= from) return;
    mapMemory(
      space,
      {
        call: 'mmap',
        length: (to - from) * this.#pageBytes,
        prot: VM_READ | VM_WRITE,
        flags: 0x22, // MAP_PRIVATE | MAP_ANONYMOUS
        fd: -1,
        path: null,
        offset: 0,
      },
      from,
      this.#pageBytes,
      this.#notModelled,
    );
    this.#mapped(space, from, to);
  }

  /** A call names pages: what it must find there is there. */
  #named(space: ProcessSpace, start: number, end: number, call: string, grows = false): void {
    const holes = this.#unknown.fill(space, start, end, call, grows);
    for (const hole of holes) this.#mapped(space, hole.start, hole.end);
    if (this.#touch === 'first') {
      this.#writer.writeEmpty(space.mm, start, end);
    } else if (this.#touch === 'snapshot') {
      const ranges = this.#touched.get(space.pid) ?? [];
      this.#writer.writeEmptyWithin(space.mm, start, end, ranges);
    }
  }

  #mremap(call: LoggedCall, space: ProcessSpace, request: RemapRequest, value: number): void {
    const [start, end] = this.#span(request.start, request.oldLength);
    const [target, newEnd] = this.#span(value, request.newLength);
    this.#named(space, start, Math.max(end, start + 1), 'mremap');
    const result = moveMemory(space.mm, {
      start,
      oldPages: end - start,
      target,
      newPages: newEnd - target,
      keepsOld: request.keepsOld,
    });
    if (result === 'EINVAL') this.#mismatch(call, result);
    else if (result === 'emptied') {
      this.#notModelled.add('mremap of whole page tables: their pages are taken as gone');
      this.#mapped(space, target, newEnd);
    } else this.#mapped(space, target + (end - start), newEnd);
  }

  #madvise(
    call: LoggedCall,
    space: ProcessSpace,
    request: { readonly start: number; readonly length: number; readonly advice: string },
  ): void {
    const [start, end] = this.#span(request.start, request.length);
    if (start === end) return;
    if (DISCARDS.has(request.advice)) this.#unknown.fill(space, start, end, 'madvise');
    else this.#named(space, start, end, 'madvise');
    if (WITHOUT_EFFECT.has(request.advice)) return;
    const name = request.advice === 'DONTNEED_LOCKED' ? 'DONTNEED' : request.advice;
    const advice = ADVICE.find((candidate) => candidate === name);
    if (advice === undefined) {
      this.#notModelled.add(`madvise ${request.advice}`);
      return;
    }
    const result = madvise(space.mm, start, end, advice);
    if (result !== 'ok') this.#mismatch(call, result);
  }

  #mismatch(call: LoggedCall, found: string): void {
    this.#mismatches++;
    if (this.#firstMismatches.length === MOST_MISMATCHES) return;
    this.#firstMismatches.push({ line: call.line, call: call.name, expected: 'success', found });
  }

  #mprotect(call: LoggedCall, space: ProcessSpace, request: MprotectRequest): void {
    const { mm } = space;
    const [start, end] = this.#span(request.start, request.length);
    const from = protectionsOf(space, start, end);
    this.#named(space, start, end, call.name, (request.prot & PROT_GROWSDOWN) !== 0);
    if (request.pkey !== undefined) mm.pkeys.add(request.pkey);
    const prot = request.prot & PROT_KNOWN;
    if (prot !== request.prot) this.#notModelled.add('PROT_BTI, PROT_MTE or an unknown PROT bit');
    takeEvents(mm.events);
    const { pages, error } = mprotect(mm, {
      start: request.start,
      length: request.length,
      prot,
      strategy: this.#machine.strategy,
      ...(request.pkey === undefined ? {} : { pkey: request.pkey }),
    });
    const events = takeEvents(mm.events);
    if (error !== null) this.#mismatch(call, error);
    this.#tally(call, space, request, from, {
      pages: end - start,
      changed: pages,
      entries: pages - events.hugePmdChanges * mm.pmdPages,
      loggedNs: call.ns,
      events,
    });
    if (this.#touch === 'all' && (prot & VM_WRITE) !== 0) this.#writer.writeAll(mm, start, end);
  }

  #tally(
    { frame }: LoggedCall,
    { pid, program }: ProcessSpace,
    request: MprotectRequest,
    from: string,
    figures: TalliedCall,
  ): void {
    const bytes = figures.pages * this.#pageBytes;
    const mostBytes = bytes === 0 ? 0 : powerAbove(bytes);
    this.#total.add(figures);
    this.#sites.add(
      {
        program,
        pid: program === null ? pid : null,
        from,
        to: protLetters(request.prot),
        mostBytes: frame === null ? mostBytes : null,
        frame,
      },
      figures,
    );
    this.#perProcess.add({ pid, program }, figures);
    this.#ranges.add({ pid, program, start: `0x${request.start.toString(16)}`, bytes }, figures);
    this.#sizes.add({ mostBytes }, figures);
  }

  /** What was found. */
  result(log: StraceLog): Replay {
    for (const [name, { calls }] of log.calls) {
      if (NOT_FOLLOWED.has(name)) for (let i = 0; i < calls; i++) this.#notModelled.add(name);
    }
    const { name: strategy } = this.#machine.strategy;
    return {
      machine: { ...this.#machine.spec, strategy },
      folioOrders: this.#orders,
      touch: this.#touch,
      calls: { ...this.#calls },
      total: this.#total.figures(),
      sites: this.#sites.all(),
      processes: this.#perProcess.all(),
      ranges: this.#ranges.all(),
      sizes: this.#sizes.all().sort((a, b) => a.mostBytes - b.mostBytes),
      spaces: this.#processes.spaces,
      unknownBeginnings: this.#processes.unknownBeginnings,
      unknownMemory: this.#unknown.all(),
      written: { pages: this.#writer.pages, faults: this.#writer.faults },
      notModelled: this.#notModelled.record(),
      mismatches: this.#mismatches,
      firstMismatches: this.#firstMismatches,
    };
  }
}

/**
 * Replays the memory calls of a log on a machine: every process has an address space of its own, and
 * mappings lie where the log says.
 *
 * @throws PtelabInputError if the policy would write more pages than a replay may.
 * @throws RangeError if the machine has no folios of an order.
 */
export function replayLog(log: StraceLog, machine: Machine, options: ReplayOptions = {}): Replay {
  const replayer = new Replayer(machine, options);
  for (const event of log.events) {
    try {
      replayer.apply(event);
    } catch (error) {
      if (!(error instanceof TooManyPagesError) || event.kind !== 'call') throw error;
      const most = `expected at most ${MOST_WRITTEN_PAGES} pages to write in all`;
      const text = `${event.name}: ${most}, found more`;
      throw new PtelabInputError('too-many-pages', log.source, event.line, text);
    }
  }
  return replayer.result(log);
}
