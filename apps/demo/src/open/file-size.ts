const MIB = 2 ** 20;
/** Most bytes of a file, as it is. */
const MOST_BYTES = 64 * MIB;

/** Why a file of so many bytes is not opened, in a line; null if it is. */
export function tooLarge(name: string, bytes: number): string | null {
  if (bytes <= MOST_BYTES) return null;
  return `${name}: expected at most ${MOST_BYTES / MIB} MiB, found ${Math.ceil(bytes / MIB)}`;
}
