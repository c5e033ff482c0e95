import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { Lacking, reasonOf } from '../bench-error.ts';
import { markedChoice } from '../result/environment.ts';

const THP = '/sys/kernel/mm/transparent_hugepage';

/** A setting of the machine that was changed for a while. */
export interface ChangedSetting {
  /** Puts it back to what it was. */
  readonly restore: () => void;
}

const UNCHANGED: ChangedSetting = { restore: () => undefined };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function read(path: string): string | null {
  try {
    return markedChoice(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes `value`, and has it put back also when the program is interrupted. */
function change(path: string, before: string, value: string): ChangedSetting {
  try {
    writeFileSync(path, value);
  } catch (error) {
    throw new Lacking(`${path} is ${before}, and ${reasonOf(error)}`);
  }
  const restore = (): void => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    writeFileSync(path, before);
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    restore();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return { restore };
}

/**
 * Sees to it that memory with MADV_HUGEPAGE gets folios of `kib`: others do not notice.
 *
 * @param folder - where the settings are.
 * @throws Lacking if it does not, and the setting can't be changed.
 */
export function allowFolios(kib: number, folder: string = THP): ChangedSetting {
  const general = `${folder}/enabled`;
  const special = `${folder}/hugepages-${kib}kB/enabled`;
  const all = read(general);
  const size = read(special);
  if (all === null) throw new Lacking('this kernel has no transparent huge pages');
  if (size === null) {
    // Before 6.8 there is one setting, for huge pages.
    if (kib !== 2048) throw new Lacking(`this kernel has no folios of ${kib} kB: no ${special}`);
    return all === 'never' ? change(general, all, 'madvise') : UNCHANGED;
  }
  const effective = size === 'inherit' ? all : size;
  return effective === 'never' ? change(special, size, 'madvise') : UNCHANGED;
}
