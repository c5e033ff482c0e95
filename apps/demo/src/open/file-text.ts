import { bytesThrough } from '../model/bytes-through.ts';

const MIB = 2 ** 20;
/** Most bytes of what a file is when it is unpacked. */
const MOST_UNPACKED = 512 * MIB;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** True for Parquet, the format of snapshots. */
export function isParquet(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 4)) === 'PAR1';
}

async function unpacked(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const all = await bytesThrough(bytes, stream, MOST_UNPACKED).catch(() => {
    throw new RangeError(`${name}: expected whole gzip, found it damaged or cut off`);
  });
  if (all !== null) return all;
  throw new RangeError(`${name}: expected at most ${MOST_UNPACKED / MIB} MiB unpacked, found more`);
}

/**
 * The text of a file, of gzip what it holds.
 *
 * @throws RangeError for files that become too large, are damaged, or no text.
 */
export async function fileText(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const plain = isGzip(bytes) ? await unpacked(name, bytes) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new RangeError(`${name}: expected text, found bytes that are none`);
  }
}
