import { EXIT } from './exit-codes.ts';

/** Ends the program with one line on standard error. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** Stable code for programs. */
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** What is said about an error, and how the program ends. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

function stringField(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** Names of the error classes of the packages below that speak of the user's input. */
const INPUT_ERRORS: ReadonlySet<string> = new Set(['ScenarioError', 'PtelabInputError']);

/**
 * Turns whatever was thrown into a complaint. Errors of the packages below are told by name, so that a
 * verb that needs none of them does not load them.
 */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof CliError) return error;
  if (error instanceof Error && INPUT_ERRORS.has(error.name)) {
    const code = stringField(error, 'code') ?? 'bad-input';
    return { code, message: error.message, exitCode: EXIT.usage };
  }
  if (error instanceof Error && error.name === 'PtelabEnvironmentError') {
    const code = stringField(error, 'code') ?? 'environment';
    return { code, message: error.message, exitCode: EXIT.environment };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'bug', message: `a bug in ptelab: ${message}`, exitCode: EXIT.bug };
}
