/** Thrown for what the kernel can do and the model can't, naming it. Never a silent approximation. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  /** What is not modelled, as a noun phrase. */
  readonly what: string;

  constructor(what: string) {
    super(`not modelled: ${what}`);
    this.what = what;
  }
}
