import type { JSX } from 'preact';
import type { Mark } from './marks.ts';

interface LegendProps {
  readonly marks: readonly Mark[];
  /** What the maps of the step have beyond entries of folios. */
  readonly shows: {
    readonly cont: boolean;
    readonly commits: boolean;
    readonly protNone: boolean;
    readonly differs: boolean;
    readonly singles: boolean;
  };
}

/** What the maps of a step show, and nothing else. */
export function Legend({ marks, shows }: LegendProps): JSX.Element {
  return (
    <dl class="legend">
      <div>
        <dt class="cell hue-0">A</dt>
        <dd>folio, by letter and colour</dd>
      </div>
      {shows.singles && (
        <div>
          <dt class="cell single">·</dt>
          <dd>folio of one page</dd>
        </div>
      )}
      {marks.map(({ letter, name }) => (
        <div key={letter}>
          <dt>{letter}</dt>
          <dd>{name}</dd>
        </div>
      ))}
      {shows.protNone && (
        <div>
          <dt class="cell none">N</dt>
          <dd>PROT_NONE</dd>
        </div>
      )}
      <div>
        <dt>
          <u>W</u>
        </dt>
        <dd>changed by the call</dd>
      </div>
      {shows.differs && (
        <div>
          <dt class="cell other" aria-label="double outline" />
          <dd>not the entry of the compared machine</dd>
        </div>
      )}
      {shows.cont && (
        <div>
          <dt class="outline" aria-label="outline" />
          <dd>contiguous block; dashed, (CONT): the bit is set on entries that are not valid</dd>
        </div>
      )}
      <div>
        <dt class="sample batch s e" aria-label="bracket above" />
        <dd>batch</dd>
      </div>
      {shows.commits && (
        <div>
          <dt class="sample commit s e" aria-label="thin bracket above" />
          <dd>commit (sub-batch)</dd>
        </div>
      )}
      <div>
        <dt class="sample flush s e" aria-label="bar below" />
        <dd>TLB flush</dd>
      </div>
    </dl>
  );
}
