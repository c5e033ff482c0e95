import { STORY_BASE_VPN, type MachineSpec } from '@ptelab/scenario';
import { X86_FLUSH_CEILING, type Pte, type TraceEvent } from '@ptelab/pte';
import type { OpStep } from '../recording/types.ts';
import { wordsOfHex } from '../recording/words.ts';

/*
 * Brings the traced calls of a recording and of the model into one form. Pages are relative to the
 * story's window.
 */

/** A traced call: what was done where, and the entries that it was about. */
export interface Call {
  /** Name of the probe or traced function that shows the call. */
  readonly probe: string;
  /** The call without its entries, such as `commit 5+11`. */
  readonly text: string;
  readonly entries: readonly Readonly<Pte>[];
  /** True if the model made no call, only because its frame lies elsewhere in a contiguous block. */
  readonly unaligned?: boolean;
  /** True if the call serves a page walk beside the protection change. */
  readonly beside?: boolean;
}

/** A traced line of a recording, taken apart: "k_cset: (contpte_set_ptes+0x0/0x128) addr=… nr=…". */
interface TracedLine {
  readonly name: string;
  readonly caller: string;
  readonly values: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A call without its probe. */
type Shape = Omit<Call, 'probe'>;

/** A call that recordings and the model can both show. */
export interface VisibleCall {
  readonly probe: string;
  /** The recorded line in the common form; null to leave it out. */
  recorded(line: TracedLine): Shape | null;
  /** The model's event in the common form; null if it is another call. */
  modelled(event: TraceEvent): Shape | null;
}

const PAGE_BYTES = 4096;
const PAGE_SHIFT = 12;

function pageOf(address: string | undefined): number {
  return Math.floor(Number(address ?? 0) / PAGE_BYTES) - STORY_BASE_VPN;
}

function entryOf(raw: string | undefined): Pte {
  const pte = { pfn: 0, bits: 0 };
  wordsOfHex(`0x${(raw ?? '0x0').slice(2).padStart(16, '0')}`, pte);
  return pte;
}

function shape(text: string, ...entries: readonly Readonly<Pte>[]): Shape {
  return { text, entries };
}

function at(event: { readonly vpn: number; readonly nr: number }): string {
  return `${event.vpn - STORY_BASE_VPN}+${event.nr}`;
}

/** The page walk that brings locked pages in after a change. */
const POPULATE_CALLER = 'follow_page_pte';
/** Write faults of the test program itself, on its own memory. */
const FAULT_CALLER = 'do_wp_page';

function plain(fn: 'contpte_ptep_get' | 'vm_normal_page'): VisibleCall {
  return {
    probe: fn,
    recorded: ({ caller }) =>
      caller === FAULT_CALLER ? null : { ...shape(fn), beside: caller === POPULATE_CALLER },
    modelled: (event) =>
      event.fn === fn ? { ...shape(fn), beside: event.caller === POPULATE_CALLER } : null,
  };
}

function start(probe: string): VisibleCall {
  return {
    probe,
    recorded: ({ values: v }) => shape(`start ${pageOf(v.addr)}+${Number(v.nr ?? 1)}`),
    modelled: (e) => (e.fn === 'modify_prot_start' ? shape(`start ${at(e)}`) : null),
  };
}

function commit(probe: string): VisibleCall {
  return {
    probe,
    recorded: ({ values: v }) =>
      shape(`commit ${pageOf(v.addr)}+${Number(v.nr ?? 1)}`, entryOf(v.old), entryOf(v.new)),
    modelled: (e) =>
      e.fn === 'modify_prot_commit' ? shape(`commit ${at(e)}`, e.old, e.new) : null,
  };
}

type EntryEvent = Extract<
  TraceEvent,
  {
    fn: 'can_change_pte_writable' | 'contpte_convert' | 'contpte_try_fold' | 'contpte_try_unfold';
  }
>;

function onPage(name: string, page: number, pte: Readonly<Pte>): Shape {
  return shape(`${name} ${page}`, pte);
}

function onEntry(probe: string, fn: EntryEvent['fn'], name: string): VisibleCall {
  return {
    probe,
    recorded: ({ values: v }) => onPage(name, pageOf(v.addr), entryOf(v.pte)),
    modelled: (e) =>
      e.fn === fn && 'pte' in e ? onPage(name, e.vpn - STORY_BASE_VPN, e.pte) : null,
  };
}

const SET_RANGE: VisibleCall = {
  probe: 'k_cset:',
  recorded: ({ values: v }) => shape(`set ${pageOf(v.addr)}+${Number(v.nr)}`, entryOf(v.pte)),
  modelled: (e) => (e.fn === 'contpte_set_ptes' ? shape(`set ${at(e)}`, e.pte) : null),
};

const CLEAR_RANGE: VisibleCall = {
  probe: 'k_cgac:',
  recorded: ({ values: v }) => shape(`clear ${pageOf(v.addr)}+${Number(v.nr)}`),
  modelled: (e) => (e.fn === 'contpte_get_and_clear_full_ptes' ? shape(`clear ${at(e)}`) : null),
};

const UNFOLD = onEntry('k_cunf:', 'contpte_try_unfold', 'unfold');

/** From 6.17 the unfolds at the edges of a range are inlined: only those of single entries show. */
const SINGLE_UNFOLD: VisibleCall = {
  ...UNFOLD,
  modelled: (e) => (e.fn === 'contpte_try_unfold' && e.edge ? null : UNFOLD.modelled(e)),
};

const BATCH: VisibleCall = {
  probe: 'k_mfpb:',
  recorded: ({ values: v }) => shape(`batch ${Number(v.nr)}`),
  modelled: (e) => (e.fn === 'folio_pte_batch' ? shape(`batch ${e.nr}`) : null),
};

const FLUSH: VisibleCall = {
  probe: 'k_flush:',
  recorded: ({ values: v }) =>
    shape(
      `flush ${pageOf(v.start)}..${pageOf(v.end)} stride ${2 ** (Number(v.stride) - PAGE_SHIFT)}`,
    ),
  modelled: (e) =>
    e.fn === 'flush_tlb_range'
      ? shape(`flush ${e.start - STORY_BASE_VPN}..${e.end - STORY_BASE_VPN} stride ${e.stride}`)
      : null,
};

/** What tlb_flush says for all of an address space. */
const ALL_PAGES = -1;

/** One CPU: it flushes its own TLB, and nobody else has anything of the address space in theirs. */
const TLB_FLUSH: VisibleCall = {
  probe: 'tlb_flush:',
  recorded: ({ text }) => {
    const pages = /pages:(-?\d+) reason:.* shootdown/.exec(text)?.[1];
    return pages === undefined ? null : shape(`flush of ${pages}`);
  },
  modelled: (e) => {
    if (e.fn !== 'flush_tlb_range') return null;
    const pages = Math.floor((e.end - e.start) / e.stride);
    return shape(`flush of ${pages > X86_FLUSH_CEILING ? ALL_PAGES : pages}`);
  },
};

const CONTPTE_GET = plain('contpte_ptep_get');
const LOOKUP = plain('vm_normal_page');
const CONVERT = onEntry('k_cconv:', 'contpte_convert', 'convert');
const FOLD: VisibleCall = {
  ...onEntry('k_cfold:', 'contpte_try_fold', 'fold'),
  modelled: (e) => {
    if (e.fn !== 'contpte_try_fold' && e.fn !== 'contpte_try_fold_unaligned') return null;
    const call = onPage('fold', e.vpn - STORY_BASE_VPN, e.pte);
    return e.fn === 'contpte_try_fold' ? call : { ...call, unaligned: true };
  },
};
const UPGRADE_TEST = onEntry('k_ccw:', 'can_change_pte_writable', 'upgrade?');

const ARM64_SINGLE = [
  CONTPTE_GET,
  start('k_start1:'),
  commit('k_commit1:'),
  UNFOLD,
  CONVERT,
  FOLD,
  SET_RANGE,
  UPGRADE_TEST,
  LOOKUP,
];
const ARM64_BATCHED = [
  CONTPTE_GET,
  start('k_start:'),
  commit('k_commit:'),
  SINGLE_UNFOLD,
  CONVERT,
  FOLD,
  SET_RANGE,
  CLEAR_RANGE,
  LOOKUP,
];

/**
 * The calls that a tracer sees on each kernel; functions that a build inlined are not among them.
 * Keyed by architecture and release of the recorded kernels.
 */
const VISIBLE: Readonly<Record<string, readonly VisibleCall[]>> = {
  'arm64 6.12': ARM64_SINGLE,
  'arm64 7.2': ARM64_BATCHED,
  'arm64 7.3': ARM64_BATCHED,
  'x86-64 6.12': [UPGRADE_TEST, LOOKUP, FLUSH],
  'x86-64 7.2': [LOOKUP, BATCH, FLUSH],
  'x86-64 7.3': [LOOKUP, FLUSH],
};

/** Calls that any kernel shows through tracepoints, without probes of functions. */
const TRACEPOINTS: readonly VisibleCall[] = [TLB_FLUSH];

/**
 * The calls to compare on a machine.
 *
 * @param probes - the probes that a recording names, if it does.
 */
export function visibleCalls(
  spec: MachineSpec,
  probes?: readonly string[],
): readonly VisibleCall[] {
  const known = VISIBLE[`${spec.arch} ${spec.kernel}`] ?? [];
  if (probes === undefined) return known;
  const named = known.filter(({ probe }) => probes.includes(probe));
  // Where probes of functions show the flushes, the tracepoint says the same again.
  return named.length > 0 ? named : TRACEPOINTS.filter(({ probe }) => probes.includes(probe));
}

const REPEATED = /^(\d+)x (.*)$/;
const PROBE = /^(\w+:) \(.*?\)(.*)$/;
const EVENT = /^(\w+:) (?!\()/;
const FUNCTION = /^(\S+) <-(\S+)$/;

function parseLine(text: string): TracedLine {
  const probe = PROBE.exec(text);
  if (probe !== null) {
    const values: Record<string, string> = {};
    for (const [, key, value] of (probe[2] ?? '').matchAll(/(\w+)=(\S+)/g)) {
      if (key !== undefined && value !== undefined) values[key] = value;
    }
    return { name: probe[1] ?? '', caller: '', values, text };
  }
  const event = EVENT.exec(text)?.[1];
  if (event !== undefined) return { name: event, caller: '', values: {}, text };
  const call = FUNCTION.exec(text);
  return { name: call?.[1] ?? '', caller: call?.[2] ?? '', values: {}, text };
}

/** What a recording shows of an mprotect. */
export interface RecordedCalls {
  /** The comparable calls, in order. */
  readonly calls: readonly Call[];
  /** How many calls of each serve others than the mprotect: faults, switches to other tasks. */
  readonly foreign: ReadonlyMap<string, number>;
}

/** Takes the trace of a recorded mprotect apart. */
export function recordedCalls(step: OpStep, visible: readonly VisibleCall[]): RecordedCalls {
  const calls: Call[] = [];
  const foreign = new Map<string, number>();
  for (const text of step.seq ?? []) {
    const repeated = REPEATED.exec(text);
    const single = repeated?.[2] ?? text;
    // Most lines show no call that is compared: only the others are taken apart.
    const name = single.slice(0, single.indexOf(' '));
    const call = visible.find((candidate) => candidate.probe === name);
    if (call === undefined) continue;
    const line = parseLine(single);
    if (line.name !== name) continue;
    const times = Number(repeated?.[1] ?? 1);
    const common = call.recorded(line);
    if (common === null) {
      foreign.set(name, (foreign.get(name) ?? 0) + times);
      continue;
    }
    for (let i = 0; i < times; i++) calls.push({ probe: name, ...common });
  }
  return { calls, foreign };
}

/** True for an attempt to fold a block, which depends on how the entry's frame is aligned. */
export function isFoldAttempt({ probe }: Pick<Call, 'probe'>): boolean {
  return probe === FOLD.probe;
}

/** The model's event in the common form, or null if it is not comparable here. */
export function modelCall(event: TraceEvent, visible: readonly VisibleCall[]): Call | null {
  for (const call of visible) {
    const common = call.modelled(event);
    if (common !== null) return { probe: call.probe, ...common };
  }
  return null;
}
