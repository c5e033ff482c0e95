import { COST_MACHINES, type CostMachine } from '@ptelab/cost';
import {
  analyzeSnapshot,
  openSnapshot,
  type Analysis,
  type Capture,
  type SnapshotSource,
} from '@ptelab/kernel';
import { renderAnalysis, renderThpmaps } from '@ptelab/report';
import type { Machine } from '@ptelab/scenario';
import { jsonAnalysis } from '../analyze/json.ts';
import { machinesFor } from '../analyze/machines.ts';
import { priceAnalysis } from '../analyze/price.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { parseContSizes } from '../options/cont-sizes.ts';
import { chosenCostMachines } from '../options/cost-machines.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { wholeNumber } from '../options/numbers.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, progress, write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';
import { noteCapture, startCapture } from './capture.ts';

/** Flags of `ptelab analyze`. */
export interface AnalyzeFlags extends MachineFlags, OutputFlags {
  readonly pid?: readonly string[];
  readonly cont: string;
  /** Absent: one machine for each architecture. */
  readonly cost?: string;
  readonly vmas: string;
  readonly thpmaps: boolean;
}

/** Machines that are priced as when nobody says. */
const PRICED_AS: readonly string[] = ['apple-m3', 'zen3'];

interface Opened extends SnapshotSource {
  /** What to say when all is read. */
  readonly end: () => void;
}

function openProcesses(pids: readonly string[]): Opened {
  const capture: Capture = startCapture('analyze', pids, false);
  const end = (): void => {
    noteCapture(capture, capture.info());
  };
  return { host: capture.host, records: capture.records(), end };
}

async function openFile(file: string): Promise<Opened> {
  const { info, records } = await openSnapshot(file);
  const end = (): void => {
    for (const lack of info.lacks) note(`${file}: ${lack}`);
  };
  return { host: info, records: records(), end };
}

async function open(file: string | undefined, { pid }: AnalyzeFlags): Promise<Opened> {
  if (file !== undefined && pid === undefined) return openFile(file);
  if (file === undefined && pid !== undefined) return openProcesses(pid);
  const found = file === undefined ? 'neither' : 'both';
  throw new CliError('usage', `analyze: expected a snapshot or --pid, found ${found}`);
}

function pricedAs(flags: AnalyzeFlags, machines: readonly Machine[]): CostMachine[] {
  const archs = new Set(machines.map(({ spec }) => spec.arch));
  const ids = COST_MACHINES.filter(({ id, arch }) => PRICED_AS.includes(id) && archs.has(arch));
  return chosenCostMachines(flags.cost ?? ids.map(({ id }) => id).join(','), machines);
}

/** True if nothing is known of any page: then there is nothing to say about folios. */
function sawNothing({ vmas }: Analysis): boolean {
  const seen = vmas.some(({ batches }) => batches.pages + batches.pmdMapped > 0);
  return !seen && vmas.some(({ hidden }) => hidden > 0);
}

/** `ptelab analyze`: folios, batches and mprotect cost of processes. */
export async function analyzeVerb(file: string | undefined, flags: AnalyzeFlags): Promise<number> {
  const chosen = await chosenMachines(flags);
  const costs = pricedAs(flags, chosen);
  const mostVmas = wholeNumber('--vmas', flags.vmas, 0);
  const source = await open(file, flags);
  const { pageSize, hpagePmdSize } = source.host;
  const contKb = parseContSizes(flags.cont, pageSize / 1024, hpagePmdSize / 1024);
  const analysis = await analyzeSnapshot(source, {
    machines: flags.thpmaps ? [] : machinesFor(source.host, chosen, costs),
    contKb,
    onProgress: (comm, vmas) => {
      progress(`${comm}: ${vmas} VMAs`);
    },
  });
  progress('');
  source.end();
  if (sawNothing(analysis)) {
    const text =
      'page frames are hidden: expected CAP_SYS_ADMIN when the pages were read, found none';
    throw new CliError('hidden-frames', text, EXIT.environment);
  }
  const priced = priceAnalysis(analysis, costs);
  if (flags.json) await writeJsonLine(jsonAnalysis(priced));
  else if (flags.thpmaps) await write(renderThpmaps(analysis));
  else await write(renderAnalysis(priced, { ...renderOptions(flags), vmas: mostVmas }));
  return EXIT.held;
}
