import { bad, type Reader } from './reader.ts';

/** Values of symbolic flags. */
export type FlagWords = Readonly<Record<string, number>>;

/** PROT_ bits (include/uapi/asm-generic/mman-common.h). */
export const PROT: FlagWords = {
  PROT_NONE: 0,
  PROT_READ: 1,
  PROT_WRITE: 2,
  PROT_EXEC: 4,
  PROT_SEM: 8,
  PROT_BTI: 0x10,
  PROT_MTE: 0x20,
  PROT_GROWSDOWN: 0x01000000,
  PROT_GROWSUP: 0x02000000,
};

/** MAP_ bits of x86-64 and arm64 (include/uapi/asm-generic/mman.h, arch/x86/include/uapi/asm/mman.h). */
export const MAP: FlagWords = {
  MAP_FILE: 0,
  MAP_SHARED: 1,
  MAP_PRIVATE: 2,
  MAP_SHARED_VALIDATE: 3,
  MAP_DROPPABLE: 8,
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_ANON: 0x20,
  MAP_32BIT: 0x40,
  MAP_ABOVE4G: 0x80,
  MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800,
  MAP_EXECUTABLE: 0x1000,
  MAP_LOCKED: 0x2000,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x10000,
  MAP_STACK: 0x20000,
  MAP_HUGETLB: 0x40000,
  MAP_SYNC: 0x80000,
  MAP_FIXED_NOREPLACE: 0x100000,
  MAP_UNINITIALIZED: 0x4000000,
};

/** MREMAP_ bits. */
export const MREMAP: FlagWords = { MREMAP_MAYMOVE: 1, MREMAP_FIXED: 2, MREMAP_DONTUNMAP: 4 };

/** CLONE_ bits that matter here. Others may be there: they say nothing of memory. */
export const CLONE_VM = 0x100;

const NUMBER = /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i;

/** Value of one word, or undefined. `14<<MAP_HUGE_SHIFT` tells a page size, `30<<26` too. */
function wordValue(word: string, words: FlagWords): number | undefined {
  if (Object.hasOwn(words, word)) return words[word];
  const number = /^[0-7]+$/.test(word) && word.startsWith('0') ? parseInt(word, 8) : Number(word);
  if (NUMBER.test(word)) return number;
  return /^\d+<<(?:MAP_HUGE_SHIFT|26)$/.test(word) ? 0 : undefined;
}

/**
 * Reads flags: words, numbers, or both, joined by `|`.
 *
 * @throws PtelabInputError for anything else.
 */
export function flagsOf(reader: Reader, what: string, text: string, words: FlagWords): number {
  let flags = 0;
  for (const word of text.split('|')) {
    const value = wordValue(word.trim(), words);
    if (value === undefined) return bad(reader, `${what} of known flags or a number`, text);
    flags |= value;
  }
  return flags;
}
