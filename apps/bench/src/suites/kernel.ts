import { freemem, release, type as osType } from 'node:os';
import process from 'node:process';
import { nearestRelease } from '@ptelab/pte';
import { createMachine, type MachineSpec, type Story } from '@ptelab/scenario';
import { Lacking, reasonOf } from '../bench-error.ts';
import { compileProbe } from '../kernel/compile.ts';
import { Probe, type ProbeLayout } from '../kernel/probe.ts';
import type { ProbeReady } from '../kernel/probe-output.ts';
import { allowFolios } from '../kernel/thp-setting.ts';
import { summariseCycles, timeCycle, warmUpCycles, type CycleTimes } from '../model/cycles.ts';
import { buildLayout, LAYOUTS, PAGES_PER_MIB, type NamedLayout } from '../model/layout.ts';
import { PROBE_SOURCE } from '../probe-source.ts';
import type {
  ArchName,
  KernelLayout,
  KernelResult,
  KernelRow,
  LayoutName,
  LeftOut,
} from '../result/result.ts';
import type { Summary } from '../result/statistics.ts';

/** What the kernel suite needs. */
export interface KernelSettings {
  /** Null for 1 GiB, or less where memory is short. */
  readonly mib: number | null;
  readonly cycles: number;
  readonly progress: (text: string) => void;
}

const ARCHES: Readonly<Record<string, ArchName>> = { x64: 'x86-64', arm64: 'arm64' };
const PROBE_LAYOUTS: Readonly<Record<LayoutName, ProbeLayout>> = {
  T1: 'pte-mapped-huge',
  T2: '64k',
  T3: '4k',
};
const DEFAULT_MIB = 1024;
const LEAST_MIB = 64;
/** Page tables and the model take some, too. */
const ROOM = 1.25;
const BASE_PAGE_KIB = 4;
const BYTES_PER_MIB = 2 ** 20;

/** Starts a probe under the settings that its layout needs, which are put back once it has its memory. */
async function startProbe(
  path: string,
  layout: NamedLayout,
  mib: number,
): Promise<{ probe: Probe; ready: ProbeReady }> {
  const setting = layout.order === 0 ? null : allowFolios(BASE_PAGE_KIB * 2 ** layout.order);
  const probe = new Probe(path, PROBE_LAYOUTS[layout.name], mib);
  try {
    return { probe, ready: await probe.ready() };
  } catch (error) {
    await probe.stop();
    throw error;
  } finally {
    setting?.restore();
  }
}

interface Turns {
  readonly kernel: CycleTimes[];
  readonly shared: CycleTimes[];
  readonly plain: CycleTimes[];
}

/** Kernel and both engines take turns, so that whatever else the machine does meets all of them. */
async function alternate(
  probe: Probe,
  stories: { readonly shared: Story; readonly plain: Story },
  pages: number,
  cycles: number,
): Promise<Turns> {
  const turns: Turns = { kernel: [], shared: [], plain: [] };
  for (let i = -warmUpCycles(pages); i < cycles; i++) {
    const kernel = await probe.cycle();
    const shared = timeCycle(stories.shared, pages);
    const plain = timeCycle(stories.plain, pages);
    if (i < 0) continue;
    turns.kernel.push(kernel);
    turns.shared.push(shared);
    turns.plain.push(plain);
  }
  return turns;
}

function describe(layout: LayoutName, ready: ProbeReady): KernelLayout {
  const { pages, pagesInShape, hugeMappedKib } = ready;
  return {
    layout,
    pages,
    shapeShare: pagesInShape < 0 ? null : pagesInShape / pages,
    hugeMappedKib: hugeMappedKib < 0 ? null : hugeMappedKib,
  };
}

function machineOf(arch: ArchName, softDirty: boolean): MachineSpec {
  const kernel = nearestRelease(release());
  return arch === 'arm64' ? { arch, kernel } : { arch, kernel, x86: { softDirty } };
}

function rowsOf(layout: LayoutName, turns: Turns, pages: number): KernelRow[] {
  const kernel = summariseCycles(turns.kernel, pages);
  return (['shared', 'plain'] as const).flatMap((engine) => {
    const model = summariseCycles(turns[engine], pages);
    const row = (direction: 'RO' | 'RW', real: Summary, modelled: Summary): KernelRow => {
      const ratio = modelled.median / real.median;
      return { layout, direction, engine, kernel: real, model: modelled, ratio };
    };
    return [
      row('RO', kernel.readOnly, model.readOnly),
      row('RW', kernel.readWrite, model.readWrite),
    ];
  });
}

async function measureLayout(
  path: string,
  arch: ArchName,
  layout: NamedLayout,
  { mib, cycles }: { readonly mib: number; readonly cycles: number },
): Promise<{ described: KernelLayout; rows: KernelRow[] }> {
  const pages = mib * PAGES_PER_MIB;
  const { probe, ready } = await startProbe(path, layout, mib);
  try {
    if (ready.pages !== pages) {
      throw new Lacking(`pages of ${ready.pageBytes} bytes; the model measures 4096`);
    }
    const machine = createMachine(machineOf(arch, ready.softDirty === 1));
    const stories = {
      shared: buildLayout({ machine, engine: 'shared' }, layout, pages),
      plain: buildLayout({ machine, engine: 'plain' }, layout, pages),
    };
    const turns = await alternate(probe, stories, pages, cycles);
    return { described: describe(layout.name, ready), rows: rowsOf(layout.name, turns, pages) };
  } finally {
    await probe.stop();
  }
}

/** The architecture of the model. @throws Lacking if this machine can't be measured. */
function archOfMachine(): ArchName {
  if (osType() !== 'Linux') throw new Lacking(`this is ${osType()}, not Linux`);
  const arch = ARCHES[process.arch];
  if (arch === undefined) throw new Lacking(`the model has no ${process.arch}`);
  return arch;
}

/**
 * Memory to measure on: what was asked for, or 1 GiB halved until it fits.
 *
 * @throws Lacking if what was asked for does not fit, or not even a small layout.
 */
function chooseMib(asked: number | null, freeMib: number): number {
  let mib = asked ?? DEFAULT_MIB;
  while (asked === null && mib > LEAST_MIB && mib * ROOM > freeMib) mib /= 2;
  if (mib * ROOM > freeMib) throw new Lacking(`${freeMib} MiB of memory are free, for ${mib} MiB`);
  return mib;
}

/**
 * The cover letter's layouts on the running kernel and in the model, turn by turn.
 *
 * @returns the result, and which layouts could not be measured.
 * @throws Lacking if none can be.
 */
export async function kernelSuite(
  settings: KernelSettings,
): Promise<{ result: KernelResult; leftOut: LeftOut[] }> {
  const { cycles } = settings;
  const arch = archOfMachine();
  const mib = chooseMib(settings.mib, Math.floor(freemem() / BYTES_PER_MIB));
  const compiled = compileProbe(PROBE_SOURCE);
  const layouts: KernelLayout[] = [];
  const rows: KernelRow[] = [];
  const leftOut: LeftOut[] = [];
  try {
    for (const layout of LAYOUTS) {
      settings.progress(`kernel: ${layout.name}, ${layout.title}`);
      try {
        const measured = await measureLayout(compiled.path, arch, layout, { mib, cycles });
        layouts.push(measured.described);
        rows.push(...measured.rows);
      } catch (error) {
        if (!(error instanceof Lacking || isProbeError(error))) throw error;
        leftOut.push({ what: `kernel ${layout.name}`, reason: reasonOf(error) });
      }
    }
  } finally {
    compiled.remove();
  }
  const machine = createMachine(machineOf(arch, false));
  const modelKernel = `${arch} ${machine.spec.kernel}`;
  const strategy = machine.strategy.name;
  return { result: { mib, cycles, modelKernel, strategy, layouts, rows }, leftOut };
}

function isProbeError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ProbeError';
}
