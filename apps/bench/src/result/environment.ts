import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type as osType } from 'node:os';
import process from 'node:process';
import { z } from 'zod';

/** Which machine a run was made on, and what else it did. */
export const environmentSchema = z.object({
  cpu: z.string(),
  cores: z.int(),
  memoryMib: z.number(),
  /** Operating system and release: `Linux 6.18.44`. */
  system: z.string(),
  arch: z.string(),
  node: z.string(),
  /** True on a virtual machine, false on bare metal, null if that can't be told. */
  virtual: z.boolean().nullable(),
  /** Frequency governor of the first CPU; null if there is none to see. */
  governor: z.string().nullable(),
  /** /sys/kernel/mm/transparent_hugepage: file and setting. */
  thp: z.record(z.string(), z.string()),
  /** Load average over one minute at the start of the run and at its end. */
  loadBefore: z.number(),
  loadAfter: z.number(),
});

/** See {@link environmentSchema}. */
export type Environment = z.infer<typeof environmentSchema>;

const THP = '/sys/kernel/mm/transparent_hugepage';

/** First line of a file; null if it can't be read. */
function firstLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim().split('\n')[0] ?? null;
  } catch {
    return null;
  }
}

/** The choice that a sysfs file of choices marks: `always [madvise] never`. */
export function markedChoice(text: string): string {
  return /\[([^\]]+)\]/.exec(text)?.[1] ?? text.trim();
}

function thpSettings(): Record<string, string> {
  let names: string[];
  try {
    names = readdirSync(THP).filter((name) => name.startsWith('hugepages-'));
  } catch {
    return {};
  }
  const files = ['enabled', 'defrag', ...names.map((name) => `${name}/enabled`)];
  const settings: Record<string, string> = {};
  for (const file of files) {
    const text = firstLine(`${THP}/${file}`);
    // `never` is what nobody has touched.
    if (text !== null && (!file.includes('/') || markedChoice(text) !== 'never')) {
      settings[file] = markedChoice(text);
    }
  }
  return settings;
}

function isVirtual(): boolean | null {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    // Only x86 tells by a CPU flag.
    return flags === undefined ? null : / hypervisor( |$)/.test(flags);
  } catch {
    return null;
  }
}

/** The load average over the last minute. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

/** Looks at the machine. The load at the end is for whoever ends the run. */
export function captureEnvironment(): Environment {
  const load = currentLoad();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memoryMib: Math.round(totalmem() / 2 ** 20),
    system: `${osType()} ${release()}`,
    arch: process.arch,
    node: process.version,
    virtual: isVirtual(),
    governor: firstLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    thp: thpSettings(),
    loadBefore: load,
    loadAfter: load,
  };
}
