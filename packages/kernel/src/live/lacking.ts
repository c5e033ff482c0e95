/** The machine lacks what is needed to look at its kernel; the message says what. */
export class Lacking extends Error {
  override readonly name = 'Lacking';
}
