import type { JSX } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { machineLabel } from '../text/machine-label.ts';
import type { Comparison, Provenance } from './comparison.ts';
import { ProvenanceSection } from './provenance.tsx';
import { comparedSteps, scenarioName, ScenarioSection, stepId } from './scenario-section.tsx';
import { STYLE } from './style.ts';

/** Nothing may be loaded and no script run; the style sheet is in the file. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

interface ReportProps {
  readonly comparisons: readonly Comparison[];
  readonly provenance: Provenance;
}

function titleOf(comparisons: readonly Comparison[]): string {
  const [first] = comparisons;
  if (first !== undefined && comparisons.length === 1) return scenarioName(first);
  return `${comparisons.length} scenarios compared`;
}

/** The machines, each once. */
function Machines({ comparisons }: Pick<ReportProps, 'comparisons'>): JSX.Element {
  const labels = new Set(comparisons.flatMap(({ runs }) => runs.map((run) => machineLabel(run))));
  return (
    <ul class="machines">
      {[...labels].map((label) => (
        <li key={label}>{label}</li>
      ))}
    </ul>
  );
}

function Contents({ comparisons }: Pick<ReportProps, 'comparisons'>): JSX.Element {
  return (
    <nav aria-label="Contents">
      <ul>
        {comparisons.map((comparison, number) => (
          <li key={number}>
            {comparisons.length > 1 && (
              <a href={`#scenario-${number + 1}`}>{scenarioName(comparison)}</a>
            )}
            <ul>
              {comparedSteps(comparison).map((index) => (
                <li key={index}>
                  <a href={`#${stepId(number, index)}`}>
                    step {index + 1}: <code>{comparison.ops[index]}</code>
                  </a>
                </li>
              ))}
            </ul>
          </li>
        ))}
        <li>
          <a href="#provenance">provenance</a>
        </li>
      </ul>
    </nav>
  );
}

function Report({ comparisons, provenance }: ReportProps): JSX.Element {
  const title = titleOf(comparisons);
  const [only] = comparisons;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${title} - ptelab`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <header>
          <p class="kicker">What mprotect() does to page tables</p>
          <h1>{title}</h1>
          <Machines comparisons={comparisons} />
          <Contents comparisons={comparisons} />
        </header>
        <main>
          {comparisons.length === 1 && only !== undefined ? (
            <ScenarioSection comparison={only} number={0} level={2} />
          ) : (
            comparisons.map((comparison, number) => (
              <section key={number} id={`scenario-${number + 1}`} class="scenario">
                <h2>{scenarioName(comparison)}</h2>
                <ScenarioSection comparison={comparison} number={number} level={3} />
              </section>
            ))
          )}
          <ProvenanceSection provenance={provenance} />
        </main>
      </body>
    </html>
  );
}

/**
 * Writes comparisons as one HTML page that stands alone: no script, nothing to load, for light and dark, for
 * screens of any width, for paper. Equal input gives equal text.
 */
export function renderHtml(comparisons: readonly Comparison[], provenance: Provenance): string {
  const page = renderToStaticMarkup(<Report comparisons={comparisons} provenance={provenance} />);
  return `<!doctype html>\n${page}\n`;
}
