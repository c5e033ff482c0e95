import { freemem, release, type as osType } from 'node:os';
import process from 'node:process';
import { createMachine, type MachineSpec, type Story } from '@ptelab/scenario';
import { Lacking, reasonOf } from '../bench-error.ts';
import { compileProbe } from '../kernel/compile.ts';
import { nearestRelease } from '../kernel/nearest-release.ts';
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
  readonly mib: number;
  readonly cycles: number;
  readonly progress: (text: string) => void;
}

const ARCHES: Readonly<Record<string, ArchName>> = { x64: 'x86-64', arm64: 'arm64' };
const PROBE_LAYOUTS: Readonly<Record<LayoutName, ProbeLayout>> = {
  T1: 'pte-mapped-huge',
  T2: '64k',
  T3: '4k',
};
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

/** Kernel and model take turns, so that whatever else the machine does meets both. */
async function alternate(
  probe: Probe,
  story: Story,
  pages: number,
  cycles: number,
): Promise<{ kernel: CycleTimes[]; model: CycleTimes[] }> {
  const kernel: CycleTimes[] = [];
  const model: CycleTimes[] = [];
  for (let i = -warmUpCycles(pages); i < cycles; i++) {
    const real = await probe.cycle();
    const modelled = timeCycle(story, pages);
    if (i < 0) continue;
    kernel.push(real);
    model.push(modelled);
  }
  return { kernel, model };
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

function rowsOf(layout: LayoutName, kernel: Both, model: Both): KernelRow[] {
  const row = (direction: 'RO' | 'RW', real: Summary, modelled: Summary): KernelRow => {
    const ratio = modelled.median / real.median;
    return { layout, direction, kernel: real, model: modelled, ratio };
  };
  return [
    row('RO', kernel.readOnly, model.readOnly),
    row('RW', kernel.readWrite, model.readWrite),
  ];
}

type Both = ReturnType<typeof summariseCycles>;

async function measureLayout(
  path: string,
  arch: ArchName,
  layout: NamedLayout,
  { mib, cycles }: KernelSettings,
): Promise<{ described: KernelLayout; rows: KernelRow[] }> {
  const pages = mib * PAGES_PER_MIB;
  const { probe, ready } = await startProbe(path, layout, mib);
  try {
    if (ready.pages !== pages) {
      throw new Lacking(`pages of ${ready.pageBytes} bytes; the model measures 4096`);
    }
    const machine = createMachine(machineOf(arch, ready.softDirty === 1));
    const story = buildLayout(machine, layout, pages);
    const times = await alternate(probe, story, pages, cycles);
    const kernel = summariseCycles(times.kernel, pages);
    const model = summariseCycles(times.model, pages);
    return { described: describe(layout.name, ready), rows: rowsOf(layout.name, kernel, model) };
  } finally {
    await probe.stop();
  }
}

/** What has to hold before anything is measured. @throws Lacking if it does not. */
function checkMachine(mib: number): ArchName {
  if (osType() !== 'Linux') throw new Lacking(`this is ${osType()}, not Linux`);
  const arch = ARCHES[process.arch];
  if (arch === undefined) throw new Lacking(`the model has no ${process.arch}`);
  const free = Math.floor(freemem() / BYTES_PER_MIB);
  // What the model and page tables take is little beside it.
  if (mib * 1.25 > free) throw new Lacking(`${free} MiB of memory are free; --mib takes less`);
  return arch;
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
  const { mib, cycles } = settings;
  const arch = checkMachine(mib);
  const compiled = compileProbe(PROBE_SOURCE);
  const layouts: KernelLayout[] = [];
  const rows: KernelRow[] = [];
  const leftOut: LeftOut[] = [];
  try {
    for (const layout of LAYOUTS) {
      settings.progress(`kernel: ${layout.name}, ${layout.title}`);
      try {
        const measured = await measureLayout(compiled.path, arch, layout, settings);
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
