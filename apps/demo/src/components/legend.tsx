import type { JSX } from 'preact';

/** What the marks in the grids mean. */
export function Legend(): JSX.Element {
  return (
    <dl class="legend" aria-label="Marks">
      <div>
        <dt class="swatch hue-0">A</dt>
        <dd>folio, by letter and colour</dd>
      </div>
      <div>
        <dt>W</dt>
        <dd>write</dd>
      </div>
      <div>
        <dt>D</dt>
        <dd>dirty</dd>
      </div>
      <div>
        <dt>E</dt>
        <dd>PageAnonExclusive</dd>
      </div>
      <div>
        <dt class="swatch prot-none">N</dt>
        <dd>PROT_NONE</dd>
      </div>
      <div>
        <dt class="swatch changed" aria-label="bar" />
        <dd>changed by this step</dd>
      </div>
      <div>
        <dt class="swatch cont" aria-label="outline" />
        <dd>CONT: contiguous block (dashed: bit set on entries that are not valid)</dd>
      </div>
    </dl>
  );
}
