/** Thrown for input that can't be used: says where, what was expected and what was found. */
export class PtelabInputError extends Error {
  override readonly name = 'PtelabInputError';
  /** Stable code for programs. */
  readonly code: string;
  /** File, or `-` for standard input. */
  readonly source: string;
  /** Line, 1-based; 0 if the place is not a line. */
  readonly line: number;

  constructor(code: string, source: string, line: number, message: string) {
    super(`${source}${line > 0 ? `:${line}` : ''}: ${message}`);
    this.code = code;
    this.source = source;
    this.line = line;
  }
}
