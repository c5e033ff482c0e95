import { parseRawHex, type Arch, type EventCounters } from '@ptelab/pte';
import {
  createMachine,
  runScenario,
  type DumpedPage,
  type DumpedVma,
  type MachineSpec,
  type MprotectOutcome,
  type Operation,
  type Scenario,
} from '@ptelab/scenario';
import type { Case } from './cases.ts';

/** One page-table entry as the page shows it. */
export interface Cell {
  readonly page: number;
  /** Raw entry; null if there is no leaf table. */
  readonly raw: string | null;
  readonly present: boolean;
  readonly write: boolean;
  readonly dirty: boolean;
  readonly protNone: boolean;
  /** The contiguous bit, and whether the hardware heeds it; null if it is clear. */
  readonly cont: 'valid' | 'invalid' | null;
  /** PageAnonExclusive, or null where it means nothing. */
  readonly exclusive: boolean | null;
  readonly mapcount: number | null;
  /** Folios are numbered in order of appearance; null if there is none. */
  readonly folio: number | null;
  readonly folioOrder: number | null;
  /** True if the step changed the raw entry. */
  readonly changed: boolean;
}

/** What one operation did on one machine. */
export interface StepView {
  readonly cells: readonly Cell[];
  readonly vmas: readonly DumpedVma[];
  readonly events: EventCounters;
  readonly mprotect: MprotectOutcome | null;
}

/** A case on one machine: plain data. */
export interface MachineView {
  readonly spec: MachineSpec;
  readonly strategy: string;
  /** One for each operation, fewer if the model lacks something. */
  readonly steps: readonly StepView[];
  /** What the model lacks, or null. */
  readonly unsupported: string | null;
}

/** One field of an entry, ready to show. */
export interface Field {
  readonly bits: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** Value before, or null if it is the same or there was no such field. */
  readonly was: string | null;
}

/** The case as a scenario that shows its pages and VMAs after every operation. */
export function scenarioOf({ name, title, about, pages, operations }: Case): Scenario {
  const all = operations.flatMap((operation): Operation[] => [
    operation,
    { op: 'dump', label: 'pages', at: 0, pages },
    { op: 'vmas', label: 'vmas' },
  ]);
  const steps = all.map((operation) => ({ operation, expect: [], line: 0 }));
  return { name, title, description: about, steps };
}

/** Numbers folios, by their first frame, in order of appearance. */
class FolioNumbers {
  readonly #numbers = new Map<number, number>();

  number({ pfn, folioOrder }: DumpedPage): number | null {
    if (pfn === null || folioOrder === null) return null;
    const first = pfn - (pfn % 2 ** folioOrder);
    const number = this.#numbers.get(first) ?? this.#numbers.size;
    this.#numbers.set(first, number);
    return number;
  }
}

function contOf(arch: Arch, raw: string): Cell['cont'] {
  if (arch.contPtes === 1) return null;
  const pte = parseRawHex(raw);
  if (arch.pteValidCont(pte.bits)) return 'valid';
  const set = arch.decode(pte).some(({ name, value }) => name === 'CONT' && value === 1n);
  return set ? 'invalid' : null;
}

function flagsOf(
  arch: Arch,
  raw: string | null,
): Pick<Cell, 'present' | 'write' | 'dirty' | 'protNone' | 'cont'> {
  const bits = raw === null ? 0 : parseRawHex(raw).bits;
  if (raw === null || !arch.ptePresent(bits)) {
    return { present: false, write: false, dirty: false, protNone: false, cont: null };
  }
  return {
    present: true,
    write: arch.pteWrite(bits),
    dirty: arch.pteDirty(bits),
    protNone: arch.pteProtnone(bits),
    cont: contOf(arch, raw),
  };
}

/** Runs `chosen` on the machine that `spec` describes. */
export function runCase(chosen: Case, spec: MachineSpec): MachineView {
  const machine = createMachine(spec);
  const run = runScenario(scenarioOf(chosen), machine);
  const folios = new FolioNumbers();
  const steps: StepView[] = [];
  for (let i = 0; i < run.steps.length; i += 3) {
    const [done, dumped, listed] = run.steps.slice(i, i + 3);
    if (done === undefined) break;
    const before = steps.at(-1)?.cells;
    const pages = dumped?.dump?.pages ?? [];
    const cells = pages.map((page, index): Cell => ({
      page: index,
      raw: page.pte,
      ...flagsOf(machine.arch, page.pte),
      exclusive: page.anonExclusive,
      mapcount: page.mapcount,
      folio: folios.number(page),
      folioOrder: page.folioOrder,
      changed: page.pte !== (before?.[index]?.raw ?? null),
    }));
    steps.push({
      cells,
      vmas: listed?.vmas ?? [],
      events: done.events,
      mprotect: done.mprotect ?? null,
    });
  }
  return {
    spec,
    strategy: run.machine.strategy,
    steps,
    unsupported: run.unsupported?.what ?? null,
  };
}

function fieldsOf(arch: Arch, raw: string | null): Omit<Field, 'was'>[] {
  if (raw === null) return [];
  return arch.decode(parseRawHex(raw)).map(({ msb, lsb, name, value, note }) => ({
    bits: msb === lsb ? String(msb) : `${msb}:${lsb}`,
    name,
    value: msb === lsb ? String(value) : `0x${value.toString(16)}`,
    note,
  }));
}

/**
 * Explains a raw entry of a machine, field by field, highest bit first.
 *
 * @param before - the raw entry to compare it with.
 */
export function explainEntry(
  spec: MachineSpec,
  raw: string | null,
  before: string | null = null,
): Field[] {
  const { arch } = createMachine(spec);
  // By bits: x86-64 names bit 8 differently in entries without access.
  const old = new Map(fieldsOf(arch, before).map(({ bits, value }) => [bits, value]));
  return fieldsOf(arch, raw).map((field) => {
    const was = old.get(field.bits) ?? field.value;
    return { ...field, was: was === field.value ? null : was };
  });
}
