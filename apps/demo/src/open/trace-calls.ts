import {
  UNNAMED_PID,
  type LogEvent,
  type LoggedCall,
  type MprotectRequest,
  type StraceLog,
} from '@ptelab/kernel/formats';
import { protLetters } from '@ptelab/scenario';
import { sizeText } from '../model/size-text.ts';
import type { Choice } from './opened.ts';

const PAGE = 4096;
/** Calls that are offered: the largest. */
const MOST_CHOICES = 2000;

/** An mprotect of a log, with the calls on the same memory before it. */
export interface TracedChange {
  readonly call: LoggedCall;
  readonly request: MprotectRequest;
  readonly program: string;
  /** The last of its process, or of the one that it was forked from; null for none. */
  readonly before: EarlierCall | null;
}

/**
 * A call and those before it. Every change of a log has all calls before it: a list of its own for each
 * would grow with the square of the log.
 */
interface EarlierCall {
  readonly call: LoggedCall;
  readonly before: EarlierCall | null;
}

/** The calls before a change, in order. */
export function callsBefore({ before }: TracedChange): LoggedCall[] {
  const calls: LoggedCall[] = [];
  for (let each = before; each !== null; each = each.before) calls.push(each.call);
  return calls.reverse();
}

/** Calls on the memory of one process, or of several that share it. */
interface Memory {
  last: EarlierCall | null;
  program: string;
}

/** Follows who has which memory. */
class Follower {
  readonly changes: TracedChange[] = [];
  readonly #memories = new Map<number, Memory>();

  #memoryOf(pid: number): Memory {
    const known = this.#memories.get(pid);
    if (known !== undefined) return known;
    const made: Memory = { last: null, program: '' };
    this.#memories.set(pid, made);
    return made;
  }

  add(event: LogEvent): void {
    if (event.kind === 'call') this.#addCall(event);
    else if (event.kind === 'exit') this.#memories.delete(event.pid);
    else if (event.kind === 'superseded') this.#memories.delete(event.by);
    else {
      const memory = this.#memories.get(UNNAMED_PID);
      if (memory !== undefined) this.#memories.set(event.pid, memory);
    }
  }

  #addCall(call: LoggedCall): void {
    const { request, result, pid } = call;
    if (request === null || result.kind !== 'value') return;
    const memory = this.#memoryOf(pid);
    switch (request.call) {
      case 'fork': {
        this.#memories.set(result.value, request.sharesMemory ? memory : { ...memory });
        return;
      }
      case 'exec':
        this.#memories.set(pid, { last: null, program: request.program });
        return;
      case 'mprotect':
      case 'pkey_mprotect': {
        const { program, last } = memory;
        if (request.length > 0) this.changes.push({ call, request, program, before: last });
        memory.last = { call, before: last };
        return;
      }
      default:
        memory.last = { call, before: memory.last };
    }
  }
}

/** The protection changes of a log that came to something, those of most pages first. */
export function tracedChanges(log: StraceLog): TracedChange[] {
  const follower = new Follower();
  for (const event of log.events) follower.add(event);
  return follower.changes
    .toSorted((a, b) => b.request.length - a.request.length)
    .slice(0, MOST_CHOICES);
}

export function changeChoice({ call, request, program }: TracedChange): Choice {
  const pages = Math.ceil(request.length / PAGE);
  const who = [program, call.pid === UNNAMED_PID ? '' : `pid ${call.pid}`].filter(
    (word) => word !== '',
  );
  return {
    label: `${sizeText(pages)} become ${protLetters(request.prot)}`,
    detail: `line ${call.line}${who.length === 0 ? '' : `, ${who.join(', ')}`}`,
  };
}
