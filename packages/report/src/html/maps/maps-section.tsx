import { readDump, type MappedPage, type MprotectOutcome, type Run } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { baselines } from '../../compare/baseline.ts';
import { machineLabel } from '../../text/machine-label.ts';
import { counted } from '../../text/numbers.ts';
import { Heading } from '../heading.tsx';
import { EntryTable } from './entry-table.tsx';
import { Grid } from './grid.tsx';
import { Legend } from './legend.tsx';
import { folioNumbers, sameEntry, usedMarks, type Mark } from './marks.ts';
import { overlayOf, type Overlay } from './overlay.ts';
import { pageMap } from './page-map.ts';

/** The page tables of one machine around a call. */
interface MachineMaps {
  readonly run: Run;
  readonly outcome: MprotectOutcome;
  readonly at: number;
  readonly before: readonly MappedPage[];
  readonly after: readonly MappedPage[];
  readonly overlay: Overlay;
  /** Pages of the range that are beyond the maps. */
  readonly beyond: number;
}

function machineMaps(run: Run, index: number): MachineMaps | null {
  const step = run.steps[index];
  const outcome = step?.mprotect;
  if (step === undefined || outcome?.maps === undefined) return null;
  const { before, after } = outcome.maps;
  const window = { at: before.at, pages: before.pages.length };
  const [, at = '0', pages = '0'] = step.op.split(' ');
  return {
    run,
    outcome,
    at: window.at,
    before: readDump(run.machine, before),
    after: readDump(run.machine, after),
    overlay: overlayOf(outcome, window),
    beyond: Math.max(0, Number(at) + Number(pages) - window.at - window.pages),
  };
}

function sameMap(a: readonly MappedPage[], b: readonly MappedPage[]): boolean {
  return a.length === b.length && a.every((page, i) => sameEntry(page, b[i] ?? page));
}

function count(pages: readonly MappedPage[], { name, isSet }: Mark): string {
  return `${pages.filter(isSet).length} ${name}`;
}

/** A map in words. */
function mapLabel(title: string, pages: readonly MappedPage[], marks: readonly Mark[]): string {
  const mapped = pages.filter(({ pfn }) => pfn !== null).length;
  const counts = marks.map((mark) => count(pages, mark));
  const cont = pages.filter((page) => page.cont === 'valid').length;
  return `${title}: of ${counted(pages.length, 'page')} ${[`${mapped} mapped`, ...counts, `${cont} contiguous`].join(', ')}`;
}

function flushesText({ outcome, overlay }: MachineMaps): string {
  const more = overlay.moreFlushes === 0 ? '' : `, ${overlay.moreFlushes} of them not drawn`;
  return `${counted(outcome.batches.length, 'batch').replace('batchs', 'batches')}, ${counted(outcome.flushes.length, 'flush').replace('flushs', 'flushes')}${more}`;
}

interface MapsProps {
  readonly runs: readonly Run[];
  readonly index: number;
  readonly level: number;
}

/** Machines of one architecture that had the same page tables before the call. */
function groupsOf(all: readonly MachineMaps[]): MachineMaps[][] {
  const groups: MachineMaps[][] = [];
  for (const maps of all) {
    const { arch } = maps.run.machine;
    const group = groups.find(
      ([first]) => first?.run.machine.arch === arch && sameMap(first.before, maps.before),
    );
    if (group === undefined) groups.push([maps]);
    else group.push(maps);
  }
  return groups;
}

interface PanelProps {
  readonly title: string;
  readonly note: string;
  readonly level: number;
  readonly pages: readonly MappedPage[];
  readonly grid: JSX.Element;
}

function Panel({ title, note, level, pages, grid }: PanelProps): JSX.Element {
  return (
    <div class="panel">
      <Heading level={level}>{title}</Heading>
      <p class="note">{note}</p>
      {grid}
      <EntryTable pages={pages} />
    </div>
  );
}

/** The page tables around a call: before it, once for all machines that began alike, and after it. */
export function MapsSection({ runs, index, level }: MapsProps): JSX.Element | null {
  const all = runs.map((run) => machineMaps(run, index));
  const present = all.filter((maps) => maps !== null);
  if (present.length === 0) return null;
  const pages = present.flatMap(({ before, after }) => [before, after]);
  const marks = usedMarks(pages);
  const commits = present.some(({ outcome }) =>
    outcome.batches.some((batch) => batch.commits.length > 1),
  );
  const base = baselines(runs);
  const baseOf = (maps: MachineMaps): MachineMaps | null =>
    all[base[runs.indexOf(maps.run)] ?? 0] ?? null;
  const comparable = (maps: MachineMaps): MachineMaps | null => {
    const other = baseOf(maps);
    return other === maps || other?.run.machine.arch !== maps.run.machine.arch ? null : other;
  };
  const differing = (maps: MachineMaps): number => {
    const other = comparable(maps);
    if (other === null) return 0;
    return maps.after.filter((page, i) => !sameEntry(page, other.after[i] ?? page)).length;
  };
  const flat = pages.flat();
  const beyond = Math.max(...present.map((maps) => maps.beyond));
  const note = (maps: MachineMaps): string => {
    const other = comparable(maps);
    if (other === null) return flushesText(maps);
    const nr = differing(maps);
    const entries =
      nr === 0
        ? `entries as on ${machineLabel(other.run)}`
        : `${counted(nr, 'page')} not as on ${machineLabel(other.run)}`;
    return `${flushesText(maps)}; ${entries}`;
  };
  return (
    <section>
      <Heading level={level}>Page tables</Heading>
      <Legend
        marks={marks}
        shows={{
          commits,
          cont: flat.some(({ cont }) => cont !== null),
          protNone: flat.some(({ protNone }) => protNone),
          differs: present.some((maps) => differing(maps) > 0),
          singles: flat.some(({ folio, folioOrder }) => folio !== null && folioOrder === 0),
        }}
      />
      {beyond > 0 && <p class="note">{beyond} more pages of the range are not shown.</p>}
      {groupsOf(present).map((group) => {
        const [first] = group;
        if (first === undefined) return null;
        const folios = folioNumbers([first.before, ...group.map(({ after }) => after)]);
        const names = group.map(({ run }) => machineLabel(run)).join(', ');
        const title = `Before, on ${names}`;
        return (
          <div key={names} class="maps">
            <Panel
              title={`${first.run.machine.arch} before`}
              note={group.length === 1 ? machineLabel(first.run) : 'the same on all kernels here'}
              level={level + 1}
              pages={first.before}
              grid={
                <Grid
                  map={pageMap({ pages: first.before, folios, marks })}
                  marks={marks}
                  label={mapLabel(title, first.before, marks)}
                  commits={false}
                />
              }
            />
            {group.map((maps) => {
              const other = comparable(maps);
              const label = machineLabel(maps.run);
              return (
                <Panel
                  key={label}
                  title={`${label} after`}
                  note={note(maps)}
                  level={level + 1}
                  pages={maps.after}
                  grid={
                    <Grid
                      map={pageMap({
                        pages: maps.after,
                        before: maps.before,
                        overlay: maps.overlay,
                        folios,
                        marks,
                        ...(other === null ? {} : { base: other.after }),
                      })}
                      marks={marks}
                      label={mapLabel(`After, on ${label}`, maps.after, marks)}
                      commits={commits}
                    />
                  }
                />
              );
            })}
          </div>
        );
      })}
    </section>
  );
}
