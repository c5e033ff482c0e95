import type { PageRun } from './records.ts';

/** A count that is not known makes both unknown. */
function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** Joins pages to runs. A run never crosses a border between blocks of frames. */
export class RunBuilder {
  readonly #blockPages: number;
  #run: { -readonly [K in keyof PageRun]: PageRun[K] } | null = null;

  /** @param blockPages - pages that one PMD maps. */
  constructor(blockPages: number) {
    this.#blockPages = blockPages;
  }

  #continues(run: PageRun, page: PageRun): boolean {
    if (page.vpn !== run.vpn + run.pages) return false;
    if (run.pfn === null || page.pfn === null) {
      if (run.pfn !== page.pfn) return false;
    } else if (page.pfn !== run.pfn + run.pages || page.pfn % this.#blockPages === 0) return false;
    return (
      page.pagemapFlags === run.pagemapFlags &&
      page.order === run.order &&
      page.pageFlags === run.pageFlags &&
      page.kind === run.kind
    );
  }

  /** Adds a page behind those before it. Returns the run that it ends, if any. */
  add(page: PageRun): PageRun | null {
    const run = this.#run;
    if (run !== null && this.#continues(run, page)) {
      run.pages += page.pages;
      run.mapcount = least(run.mapcount, page.mapcount);
      run.mapcountMax = most(run.mapcountMax, page.mapcountMax);
      return null;
    }
    this.#run = { ...page };
    return run;
  }

  /** The last run. */
  end(): PageRun | null {
    const run = this.#run;
    this.#run = null;
    return run;
  }
}
