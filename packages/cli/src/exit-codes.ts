/** Exit codes of ptelab. Scripts depend on them. */
export interface ExitCodes {
  /** All that was checked held. */
  readonly held: 0;
  /** Something was checked and did not hold. */
  readonly failed: 1;
  /** Bad usage or bad input. */
  readonly usage: 2;
  /** The environment lacks something. */
  readonly environment: 3;
  /** A bug in ptelab. */
  readonly bug: 70;
}

/** See {@link ExitCodes}. */
export const EXIT: ExitCodes = { held: 0, failed: 1, usage: 2, environment: 3, bug: 70 };
