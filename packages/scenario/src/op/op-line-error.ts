/** Thrown for an op line that can't be read: says what was expected where. */
export class OpLineError extends Error {
  override readonly name = 'OpLineError';
}
