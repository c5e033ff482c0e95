/** What a {@link RigError} is about. */
export type RigErrorCode =
  | 'missing-programs'
  | 'no-kernel'
  | 'not-a-kernel'
  | 'compiler'
  | 'guest-failed'
  | 'guest-timeout'
  | 'bad-output';

/** The rig can't make a recording: says in one line what it lacks or where the guest's logs are. */
export class RigError extends Error {
  override readonly name = 'RigError';
  /** Stable code for programs. */
  readonly code: RigErrorCode;

  constructor(code: RigErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
