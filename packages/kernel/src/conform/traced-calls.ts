import { STORY_BASE_VPN, type MachineSpec } from '@ptelab/scenario';
import { joinRaw, type Pte, type TraceEvent } from '@ptelab/pte';
import type { OpStep } from '../recording/types.ts';

/*
 * Brings the traced calls of a recording and of the model into one form: a line per call, such as
 * "commit 5+11 0xe8…43 -> 0xe0…82". Pages are relative to the story's window.
 */

/** A traced line of a recording, taken apart: "k_cset: (contpte_set_ptes+0x0/0x128) addr=… nr=…". */
interface TracedLine {
  readonly name: string;
  readonly caller: string;
  readonly values: Readonly<Record<string, string>>;
}

const PAGE_SHIFT = 12n;
const BASE = BigInt(STORY_BASE_VPN);

function pageOf(address: string | undefined): number {
  return Number((BigInt(address ?? '0x0') >> PAGE_SHIFT) - BASE);
}

function hex(raw: string | undefined): string {
  return `0x${BigInt(raw ?? '0x0').toString(16)}`;
}

function entry(pte: Readonly<Pte>): string {
  return `0x${joinRaw(pte).toString(16)}`;
}

/** A call that recordings and the model can both show. */
interface TracedCall {
  /** Name of the probe, with a colon, or of the traced function. */
  readonly probe: string;
  /** The recorded line in the common form; null to leave it out. */
  recorded(line: TracedLine): string | null;
  /** The model's event in the common form; null if it is another call. */
  modelled(event: TraceEvent): string | null;
}

/** Callers of functions that also run on behalf of faults and page walks beside the call. */
const FOREIGN_CALLERS = ['do_wp_page', 'follow_page_pte'];

function plain(probe: string, fn: TraceEvent['fn']): TracedCall {
  return {
    probe,
    recorded: (line) => (FOREIGN_CALLERS.includes(line.caller) ? null : fn),
    modelled: (event) => (event.fn === fn ? fn : null),
  };
}

function start(probe: string): TracedCall {
  return {
    probe,
    recorded: ({ values }) => `start ${pageOf(values.addr)}+${Number(values.nr ?? 1)}`,
    modelled: (e) => (e.fn === 'modify_prot_start' ? `start ${e.vpn - STORY_BASE_VPN}+${e.nr}` : null),
  };
}

function commit(probe: string): TracedCall {
  return {
    probe,
    recorded: ({ values: v }) =>
      `commit ${pageOf(v.addr)}+${Number(v.nr ?? 1)} ${hex(v.old)} -> ${hex(v.new)}`,
    modelled: (e) =>
      e.fn === 'modify_prot_commit'
        ? `commit ${e.vpn - STORY_BASE_VPN}+${e.nr} ${entry(e.old)} -> ${entry(e.new)}`
        : null,
  };
}

type EntryEvent = Extract<TraceEvent, { vpn: number; pte: Readonly<Pte> }>;

function onEntry(probe: string, fn: EntryEvent['fn'], name: string): TracedCall {
  return {
    probe,
    recorded: ({ values }) => `${name} ${pageOf(values.addr)} ${hex(values.pte)}`,
    modelled: (e) =>
      e.fn === fn ? `${name} ${(e as EntryEvent).vpn - STORY_BASE_VPN} ${entry((e as EntryEvent).pte)}` : null,
  };
}

const SET_RANGE: TracedCall = {
  probe: 'k_cset:',
  recorded: ({ values: v }) => `set ${pageOf(v.addr)}+${Number(v.nr)} ${hex(v.pte)}`,
  modelled: (e) =>
    e.fn === 'contpte_set_ptes' ? `set ${e.vpn - STORY_BASE_VPN}+${e.nr} ${entry(e.pte)}` : null,
};

const CLEAR_RANGE: TracedCall = {
  probe: 'k_cgac:',
  recorded: ({ values: v }) => `clear ${pageOf(v.addr)}+${Number(v.nr)}`,
  modelled: (e) =>
    e.fn === 'contpte_get_and_clear_full_ptes' ? `clear ${e.vpn - STORY_BASE_VPN}+${e.nr}` : null,
};

const UNFOLD = onEntry('k_cunf:', 'contpte_try_unfold', 'unfold');

/** From 6.17 the unfolds at the edges of a range are inlined: only those of single entries show. */
const SINGLE_UNFOLD: TracedCall = {
  ...UNFOLD,
  modelled: (e) => (e.fn === 'contpte_try_unfold' && e.edge ? null : UNFOLD.modelled(e)),
};

const BATCH: TracedCall = {
  probe: 'k_mfpb:',
  recorded: ({ values }) => `batch ${Number(values.nr)}`,
  modelled: (e) => (e.fn === 'folio_pte_batch' ? `batch ${e.nr}` : null),
};

const FLUSH: TracedCall = {
  probe: 'k_flush:',
  recorded: ({ values: v }) => {
    const stride = 2 ** (Number(v.stride) - Number(PAGE_SHIFT));
    return `flush ${pageOf(v.start)}..${pageOf(v.end)} stride ${stride}`;
  },
  modelled: (e) =>
    e.fn === 'flush_tlb_range'
      ? `flush ${e.start - STORY_BASE_VPN}..${e.end - STORY_BASE_VPN} stride ${e.stride}`
      : null,
};

const CONTPTE_GET = plain('contpte_ptep_get', 'contpte_ptep_get');
const LOOKUP = plain('vm_normal_page', 'vm_normal_page');
const CONVERT = onEntry('k_cconv:', 'contpte_convert', 'convert');
const FOLD = onEntry('k_cfold:', 'contpte_try_fold', 'fold');
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
const VISIBLE: Readonly<Record<string, readonly TracedCall[]>> = {
  'arm64 6.12': ARM64_SINGLE,
  'arm64 7.2': ARM64_BATCHED,
  'arm64 7.3': ARM64_BATCHED,
  'x86-64 6.12': [UPGRADE_TEST, LOOKUP, FLUSH],
  'x86-64 7.2': [LOOKUP, BATCH, FLUSH],
  'x86-64 7.3': [LOOKUP, FLUSH],
};

/** The calls to compare on a machine. */
export function visibleCalls(spec: MachineSpec): readonly TracedCall[] {
  return VISIBLE[`${spec.arch} ${spec.kernel}`] ?? [];
}

const REPEATED = /^(\d+)x (.*)$/;
const PROBE = /^(\w+:) \(.*?\)(.*)$/;
const FUNCTION = /^(\S+) <-(\S+)$/;

function parseLine(text: string): TracedLine {
  const probe = PROBE.exec(text);
  if (probe !== null) {
    const values: Record<string, string> = {};
    for (const [, key, value] of (probe[2] ?? '').matchAll(/(\w+)=(\S+)/g)) {
      if (key !== undefined && value !== undefined) values[key] = value;
    }
    return { name: probe[1] ?? '', caller: '', values };
  }
  const call = FUNCTION.exec(text);
  return { name: call?.[1] ?? '', caller: call?.[2] ?? '', values: {} };
}

/** The comparable calls of a recorded mprotect, in order. */
export function recordedCalls(step: OpStep, visible: readonly TracedCall[]): string[] {
  const calls: string[] = [];
  for (const text of step.seq ?? []) {
    const repeated = REPEATED.exec(text);
    const line = parseLine(repeated?.[2] ?? text);
    const call = visible.find((candidate) => candidate.probe === line.name);
    const common = call?.recorded(line) ?? null;
    if (common === null) continue;
    for (let i = 0; i < Number(repeated?.[1] ?? 1); i++) calls.push(common);
  }
  return calls;
}

/** A call of the model in the common form, with the probe that would show it. */
export interface ModelCall {
  readonly probe: string;
  readonly text: string;
}

/** The model's event in the common form, or null if it is not comparable here. */
export function modelCall(event: TraceEvent, visible: readonly TracedCall[]): ModelCall | null {
  for (const call of visible) {
    const text = call.modelled(event);
    if (text !== null) return { probe: call.probe, text };
  }
  return null;
}
