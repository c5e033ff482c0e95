import { writeFile } from 'node:fs/promises';
import { renderCheck, type CheckVerdict } from '@ptelab/report';
import { EXIT } from '../exit-codes.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';
import type { ToldExample } from './explain.ts';

/** A verdict whose counter-example has yet to get the command line that repeats it. */
export interface BareVerdict extends Omit<CheckVerdict, 'counterExample'> {
  /** Name or file, as the command line takes it. */
  readonly word: string;
  /** Flags other than strategy and machine that the same check takes. */
  readonly flags: readonly string[];
  readonly counterExample: ToldExample | null;
}

/** Name of the scenario in the printed command if none is asked for. */
const DEFAULT_OUT = 'counter-example.yaml';

function quoted(word: string): string {
  return /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command line that shows a counter-example: its story, or the check where no story can. */
function commandFor({ word, flags }: BareVerdict, told: ToldExample, out: string): string {
  const { arch, kernel } = told.machine;
  const on = `--arch ${arch} --kernel ${kernel}`;
  const ends =
    told.invariant !== 'contract' &&
    told.entries.every(({ perPte, after }) => perPte !== null && after !== null);
  if (!ends) return ['ptelab check --strategy', quoted(word), on, ...flags].join(' ');
  const strategies = word === 'per-pte' ? word : `per-pte,${word}`;
  return `ptelab compare ${quoted(out)} ${on} --strategy ${quoted(strategies)}`;
}

function toJson({ strategy, machines, scope, states, ...rest }: CheckVerdict): object {
  const { exhaustive, counterExample, remarks } = rest;
  return {
    strategy,
    arch: [...new Set(machines.map(({ arch }) => arch))].join(','),
    states,
    exhaustive,
    violations: counterExample === null ? 0 : 1,
    counterExample,
    scope,
    machines,
    remarks,
  };
}

/** What the output of a verdict depends on. */
export interface VerdictFlags extends OutputFlags {
  /** File for the counter-example. */
  readonly out?: string;
}

/** Prints a verdict, writes its counter-example where asked, and says how the program ends. */
export async function writeVerdict(bare: BareVerdict, flags: VerdictFlags): Promise<number> {
  const { strategy, machines, scope, unit, states, exhaustive, remarks } = bare;
  const told = bare.counterExample;
  const counterExample =
    told === null ? null : { ...told, command: commandFor(bare, told, flags.out ?? DEFAULT_OUT) };
  const shown = { strategy, machines, scope, unit, states, exhaustive, remarks };
  const verdict: CheckVerdict = { ...shown, counterExample };
  if (flags.json) await writeJsonLine(toJson(verdict));
  else await write(renderCheck(verdict, renderOptions(flags)));
  if (counterExample === null) return EXIT.held;
  if (flags.out !== undefined) {
    await writeFile(flags.out, counterExample.scenario);
    note(`counter-example written to ${flags.out}`);
  }
  return EXIT.failed;
}
