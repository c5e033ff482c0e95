import { closeSync, openSync, readSync } from 'node:fs';

const WORD_BYTES = 8;

/** A file of 64-bit words: pagemap, kpageflags, kpagecount. Little-endian, as all kernels here are. */
export class WordFile {
  readonly #file: number;

  /** @throws the error of open(2). */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /**
   * Reads words from `index` on into `out`, two elements a word, the low half first.
   *
   * @returns the words that were there; the rest of `out` is zero.
   * @throws the error of read(2).
   */
  read(index: number, out: Uint32Array): number {
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(this.#file, bytes, {
        offset: filled,
        length: bytes.length - filled,
        position: BigInt(index) * BigInt(WORD_BYTES) + BigInt(filled),
      });
      if (got === 0) break;
      filled += got;
    }
    const words = Math.floor(filled / WORD_BYTES);
    out.fill(0, words * 2);
    return words;
  }

  close(): void {
    closeSync(this.#file);
  }
}
