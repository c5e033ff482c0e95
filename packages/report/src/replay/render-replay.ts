import type { StraceLog } from '@ptelab/kernel';
import { startPage } from '../text/page.ts';
import type { RenderOptions } from '../text/style.ts';
import { addProcesses, addRanges, addSites, addSizes } from './call-sections.ts';
import { addLog } from './log-section.ts';
import { addAssumptions, addMachines } from './machine-section.ts';
import type { PricedReplay } from './priced-replay.ts';

/**
 * Writes what a log holds, what was assumed, and which calls of mprotect cost what on every machine.
 *
 * @param all - the log on each machine; tables of calls are of the first one.
 * @param top - rows of each table of calls.
 */
export function renderReplay(
  log: StraceLog,
  all: readonly PricedReplay[],
  top: number,
  options: RenderOptions = {},
): string {
  const page = startPage(options);
  addLog(page, log);
  const [first] = all;
  if (first === undefined) return page.toString();
  addAssumptions(page, first);
  if (first.replay.total.calls === 0) {
    page.lines(['no mprotect call succeeded: nothing to price'], 'quiet');
    return page.toString();
  }
  addMachines(page, all);
  addSites(page, all, top);
  addSizes(page, first);
  addRanges(page, first, top);
  addProcesses(page, first, top);
  return page.toString();
}
