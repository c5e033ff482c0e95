import type { CostMachine } from '@ptelab/cost';
import {
  openSnapshot,
  readStraceLog,
  replayLog,
  TOUCH_POLICIES,
  touchedPages,
  type TouchedPages,
} from '@ptelab/kernel';
import { CliError } from '../cli-error.ts';
import { renderReplay, type PricedReplay } from '@ptelab/report';
import type { Machine } from '@ptelab/scenario';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import { chosenCostMachines, costMachineFor } from '../options/cost-machines.ts';
import { folioSettings } from '../options/folio-orders.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { wholeNumber } from '../options/numbers.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, progress, write, writeJsonLine } from '../output.ts';
import { replayJson } from '../replay/json.ts';
import { pricedReplay } from '../replay/priced.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab replay`. */
export interface ReplayFlags extends MachineFlags, OutputFlags {
  readonly touch: string;
  /** Snapshot that says what was written, for the touch policy of that name. */
  readonly snapshot?: string;
  readonly folio: string;
  /** Ids of machines to predict times for. */
  readonly machine?: string;
  readonly top: string;
}

/** One column of the result. */
interface Variant {
  readonly machine: Machine;
  readonly costMachine: CostMachine;
  readonly folioOrders: readonly number[];
}

function variantsOf(
  machines: readonly Machine[],
  costMachines: readonly CostMachine[],
  settings: readonly (readonly number[])[],
): Variant[] {
  return machines.flatMap((machine) => {
    const costMachine = costMachineFor(machine, costMachines);
    if (costMachine === undefined) return [];
    return settings.map((folioOrders) => ({ machine, costMachine, folioOrders }));
  });
}

/** The pages of `--snapshot`, which there must be if and only if the policy wants them. */
async function touchedOf(touch: string, snapshot: string | undefined): Promise<TouchedPages> {
  if (touch !== 'snapshot') {
    if (snapshot === undefined) return new Map();
    throw new CliError('bad-option', `--snapshot: expected --touch snapshot, found ${touch}`);
  }
  if (snapshot === undefined) {
    throw new CliError('bad-option', '--touch snapshot: expected --snapshot FILE, found none');
  }
  const { records } = await openSnapshot(snapshot);
  return touchedPages(records());
}

/** `ptelab replay`: what the memory calls of a real program do and cost. */
export async function replayVerb(file: string, flags: ReplayFlags): Promise<number> {
  const touch = oneChoice('--touch', flags.touch, TOUCH_POLICIES);
  const settings = folioSettings(flags.folio);
  const top = wholeNumber('--top', flags.top);
  const machines = await chosenMachines(flags);
  const costMachines =
    flags.machine === undefined ? [] : chosenCostMachines(flags.machine, machines, '--machine');
  const variants = variantsOf(machines, costMachines, settings);
  const touched = await touchedOf(touch, flags.snapshot);
  const log = await readStraceLog(file);
  const all: PricedReplay[] = [];
  for (const [i, { machine, costMachine, folioOrders }] of variants.entries()) {
    progress(`${file}: ${i + 1} of ${variants.length}`);
    const replay = replayLog(log, machine, { touch, touched, folioOrders });
    all.push(pricedReplay(replay, machine.strategy.name, costMachine));
  }
  progress('');
  if (flags.json) await writeJsonLine(replayJson(log, all));
  else await write(renderReplay(log, all, top, renderOptions(flags)));
  const { unparsable } = log.lines;
  if (unparsable > 0) note(`${file}: ${unparsable} lines mean nothing`);
  const refused = Math.max(0, ...all.map(({ replay }) => replay.mismatches));
  if (refused > 0) note(`${file}: the model refuses ${refused} calls that the kernel took`);
  return refused === 0 ? EXIT.held : EXIT.failed;
}
