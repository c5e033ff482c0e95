/** What is wrong with a scenario, for programs. */
export type ScenarioErrorCode =
  'yaml-syntax' | 'unknown-key' | 'missing' | 'bad-value' | 'bad-story' | 'bad-op-line';

/** Where in a scenario's text something is. Both 1-based; 0 if there is no such place. */
export interface ScenarioPlace {
  readonly line: number;
  readonly column: number;
}

/** Thrown for a scenario that can't be used: one line that says where, what was expected and found. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  /** Stable code for programs. */
  readonly code: ScenarioErrorCode;
  /** Name of the text, as the caller gave it: a file, or `-`. */
  readonly source: string;
  readonly line: number;
  readonly column: number;

  constructor(code: ScenarioErrorCode, source: string, place: ScenarioPlace, problem: string) {
    const { line, column } = place;
    const at =
      line === 0 ? source : column === 0 ? `${source}:${line}` : `${source}:${line}:${column}`;
    super(`${at}: ${problem}`);
    this.code = code;
    this.source = source;
    this.line = line;
    this.column = column;
  }
}
