import type { JSX } from 'preact';

/** What is drawn, in a line. */
export function Legend(): JSX.Element {
  return (
    <dl class="legend" aria-label="What is drawn">
      <div>
        <dt class="swatch writable" />
        <dd>may be written</dd>
      </div>
      <div>
        <dt class="swatch readable" />
        <dd>may be read</dd>
      </div>
      <div>
        <dt class="swatch single" />
        <dd>folio of one page</dd>
      </div>
      <div>
        <dt>W D Y S U E</dt>
        <dd>write, dirty, young, soft-dirty, uffd-wp, exclusive</dd>
      </div>
      <div>
        <dt class="swatch outline" />
        <dd>contiguous block</dd>
      </div>
      <div>
        <dt class="swatch bracket" />
        <dd>batch, with its commits</dd>
      </div>
      <div>
        <dt class="swatch flush" />
        <dd>flushed</dd>
      </div>
      <div>
        <dt class="swatch other" />
        <dd>not as on the first machine</dd>
      </div>
    </dl>
  );
}
