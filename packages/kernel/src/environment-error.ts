/** Thrown where the machine or its permissions lack what the work needs. */
export class PtelabEnvironmentError extends Error {
  override readonly name = 'PtelabEnvironmentError';
  /** Stable code for programs. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
