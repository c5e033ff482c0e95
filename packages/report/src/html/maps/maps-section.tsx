import type { MappedPage } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { machineLabel } from '../../text/machine-label.ts';
import { Heading } from '../heading.tsx';
import { EntryTable } from './entry-table.tsx';
import { Grid } from './grid.tsx';
import { Legend } from './legend.tsx';
import { alikeBefore, type ComparedMaps } from './machine-maps.ts';
import { folioNumbers, usedMarks, type Mark } from './marks.ts';
import { pageMap, type MapSource } from './page-map.ts';

/** A map in words. */
function mapLabel(title: string, pages: readonly MappedPage[], marks: readonly Mark[]): string {
  const counts = [
    `${pages.filter(({ pfn }) => pfn !== null).length} mapped`,
    ...marks.map(({ name, isSet }) => `${pages.filter(isSet).length} ${name}`),
    `${pages.filter(({ cont }) => cont === 'valid').length} contiguous`,
  ];
  return `${title}, pages ${pages[0]?.page ?? 0} and up: of ${pages.length} ${counts.join(', ')}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 'es'}`;
}

/** What a map after the call shows, in words. */
function noteText({ outcome, overlay, other, differing, after }: ComparedMaps): string {
  const left = overlay.moreFlushes === 0 ? '' : `, ${overlay.moreFlushes} of them not drawn`;
  const calls = `${many(outcome.batches.length, 'batch')}, ${many(outcome.flushes.length, 'flush')}${left}`;
  if (other === null) return calls;
  const label = machineLabel(other.run);
  return differing === 0
    ? `${calls}; entries as on ${label}`
    : `${calls}; ${differing} of ${after.length} entries not as on ${label}`;
}

interface PanelProps {
  readonly title: string;
  readonly note: string;
  readonly level: number;
  readonly source: MapSource;
  readonly commits: boolean;
}

function Panel({ title, note, level, source, commits }: PanelProps): JSX.Element {
  const { pages, marks } = source;
  return (
    <div class="panel">
      <Heading level={level}>{title}</Heading>
      <p class="note">{note}</p>
      <Grid
        map={pageMap(source)}
        marks={marks}
        label={mapLabel(title, pages, marks)}
        commits={commits}
      />
      <EntryTable pages={pages} />
    </div>
  );
}

interface GroupProps {
  /** Machines that had the same page tables before the call. */
  readonly group: readonly ComparedMaps[];
  readonly level: number;
  readonly commits: boolean;
}

function Group({ group, level, commits }: GroupProps): JSX.Element | null {
  const [first] = group;
  if (first === undefined) return null;
  const pages = [first.before, ...group.map(({ after }) => after)];
  const common = { folios: folioNumbers(pages), marks: usedMarks(pages) };
  const before =
    group.length === 1 ? `${machineLabel(first.run)} before` : `${first.run.machine.arch} before`;
  return (
    <div class="maps">
      <Panel
        title={before}
        note={group.length === 1 ? '' : `the same on ${group.length} machines`}
        level={level}
        source={{ ...common, pages: first.before }}
        commits={false}
      />
      {group.map((maps) => {
        const { run, before: old, after, overlay, other } = maps;
        const source = { ...common, pages: after, before: old, overlay };
        return (
          <Panel
            key={machineLabel(run)}
            title={`${machineLabel(run)} after`}
            note={noteText(maps)}
            level={level}
            source={other === null ? source : { ...source, base: other.after }}
            commits={commits}
          />
        );
      })}
    </div>
  );
}

interface MapsProps {
  readonly maps: readonly (ComparedMaps | null)[];
  readonly level: number;
}

/** The page tables around a call: before it, once for all machines that began alike, and after it. */
export function MapsSection({ maps, level }: MapsProps): JSX.Element | null {
  const present = maps.filter((each) => each !== null);
  if (present.length === 0) return null;
  const pages = present.flatMap(({ before, after }) => [before, after]);
  const flat = pages.flat();
  const commits = present.some(({ outcome }) =>
    outcome.batches.some((batch) => batch.commits.length > 1),
  );
  const beyond = Math.max(...present.map((each) => each.beyond));
  return (
    <section>
      <Heading level={level}>Page tables</Heading>
      <Legend
        marks={usedMarks(pages)}
        shows={{
          commits,
          cont: flat.some(({ cont }) => cont !== null),
          protNone: flat.some(({ protNone }) => protNone),
          differs: present.some(({ differing }) => differing > 0),
          singles: flat.some(({ folio, folioOrder }) => folio !== null && folioOrder === 0),
        }}
      />
      {beyond > 0 && <p class="note">{beyond} more pages of the range are not shown.</p>}
      {alikeBefore(present).map((group, i) => (
        <Group key={i} group={group} level={level + 1} commits={commits} />
      ))}
    </section>
  );
}
