import { readDump, type MappedPage, type MprotectOutcome, type Run } from '@ptelab/scenario';
import { baselines } from '../../compare/baseline.ts';
import { sameEntry } from './marks.ts';
import { overlayOf, type Overlay } from './overlay.ts';

/** The page tables of one machine around a call. */
export interface MachineMaps {
  readonly run: Run;
  readonly outcome: MprotectOutcome;
  readonly before: readonly MappedPage[];
  readonly after: readonly MappedPage[];
  readonly overlay: Overlay;
  /** Pages of the range that are beyond the maps. */
  readonly beyond: number;
}

/** Maps with those of the machine to compare with: of the same architecture, or null. */
export interface ComparedMaps extends MachineMaps {
  readonly other: MachineMaps | null;
  /** Entries after the call that are not those of the other machine. */
  readonly differing: number;
}

function mapsOf(run: Run, index: number): MachineMaps | null {
  const step = run.steps[index];
  const outcome = step?.mprotect;
  if (step === undefined || outcome?.maps === undefined) return null;
  const { before, after } = outcome.maps;
  const window = { at: before.at, pages: before.pages.length };
  const [, at = '0', pages = '0'] = step.op.split(' ');
  return {
    run,
    outcome,
    before: readDump(run.machine, before),
    after: readDump(run.machine, after),
    overlay: overlayOf(outcome, window),
    beyond: Math.max(0, Number(at) + Number(pages) - window.at - window.pages),
  };
}

/** The page tables of each run around step `index`; null where a run has none. */
export function machineMaps(runs: readonly Run[], index: number): (ComparedMaps | null)[] {
  const all = runs.map((run) => mapsOf(run, index));
  const base = baselines(runs);
  return all.map((maps, i) => {
    if (maps === null) return null;
    const found = all[base[i] ?? 0] ?? null;
    const same = found?.run.machine.arch === maps.run.machine.arch;
    const other = same && found !== maps ? found : null;
    const differs = (page: MappedPage, at: number): boolean =>
      !sameEntry(page, other?.after[at] ?? page);
    return { ...maps, other, differing: maps.after.filter(differs).length };
  });
}

function sameMap(a: readonly MappedPage[], b: readonly MappedPage[]): boolean {
  return a.length === b.length && a.every((page, i) => sameEntry(page, b[i] ?? page));
}

/** Machines of one architecture that had the same page tables before the call. */
export function alikeBefore(all: readonly ComparedMaps[]): ComparedMaps[][] {
  const groups: ComparedMaps[][] = [];
  for (const maps of all) {
    const group = groups.find(
      ([first]) =>
        first?.run.machine.arch === maps.run.machine.arch && sameMap(first.before, maps.before),
    );
    if (group === undefined) groups.push([maps]);
    else group.push(maps);
  }
  return groups;
}
