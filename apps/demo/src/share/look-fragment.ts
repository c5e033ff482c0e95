import { bytesThrough } from '../model/bytes-through.ts';
import { isLook } from './is-look.ts';
import type { Look } from '../model/look.ts';

/** What a fragment of this form begins with. */
const VERSION = 'v1.';
/** Longest fragment that is read: browsers take more, but no story needs it. */
const MOST_CHARACTERS = 100_000;
/** Most bytes that a fragment may become. */
const MOST_BYTES = 1_000_000;

/** Thrown for a fragment that is no look; the message is one line. */
export class FragmentError extends Error {
  override readonly name = 'FragmentError';
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const all = await bytesThrough(bytes, stream, MOST_BYTES);
  if (all !== null) return all;
  throw new FragmentError(`expected at most ${MOST_BYTES} bytes in a link, found more`);
}

/** Base64 that may stand in a URL. */
function toText(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromText(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Puts a look into the fragment of a URL, without the number sign. */
export async function encodeLook(look: Look): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(look));
  return VERSION + toText(await through(bytes, new CompressionStream('deflate-raw')));
}

/**
 * Takes a look out of the fragment of a URL.
 *
 * @param fragment - without the number sign.
 * @throws FragmentError if it is not one that {@link encodeLook} could have made.
 */
export async function decodeLook(fragment: string): Promise<Look> {
  if (!fragment.startsWith(VERSION)) {
    throw new FragmentError(`expected a link that begins with #${VERSION}`);
  }
  if (fragment.length > MOST_CHARACTERS) {
    throw new FragmentError(`expected at most ${MOST_CHARACTERS} characters in a link, found more`);
  }
  let value: unknown;
  try {
    const bytes = fromText(fragment.slice(VERSION.length));
    const text = await through(bytes, new DecompressionStream('deflate-raw'));
    value = JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    if (error instanceof FragmentError) throw error;
    throw new FragmentError('expected a whole link, found one that is damaged or cut off');
  }
  if (!isLook(value)) throw new FragmentError('expected a link of this page, found another');
  return value;
}
