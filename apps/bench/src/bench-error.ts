/** Exit codes of bench, those of ptelab. */
export const EXIT = { usage: 2, environment: 3, bug: 70 } as const;

/** Ends the program with one line on standard error. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What a measurement needs and this machine lacks: no compiler, another operating system, no privileges. */
export class Lacking extends Error {
  override readonly name = 'Lacking';
}

/** The words of an error, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
