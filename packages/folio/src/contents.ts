/** Bytes of the largest page: no offset into one reaches this. */
const PAGE_BYTES = 2 ** 16;

/**
 * What pages hold, as far as equality goes: a fill byte and single bytes stored over it.
 *
 * Every distinct content has a number; 0 is a page full of zeroes. Pages with the same number hold the
 * same bytes, which is all that KSM and the split of a folio ask.
 */
export class PageContents {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #keys: string[] = [''];
  /** What stores gave, by content, offset and byte: programs make the same ones again and again. */
  readonly #stores = new Map<number, number>();

  /** Number of a page full of `byte`. */
  filled(byte: number): number {
    return this.#intern(byte === 0 ? '' : `*=${byte}`);
  }

  /** Number of content `id` after `byte` was stored at `offset`. */
  stored(id: number, offset: number, byte: number): number {
    const store = (id * PAGE_BYTES + offset) * 256 + byte;
    let content = this.#stores.get(store);
    if (content === undefined) {
      content = this.#store(id, offset, byte);
      this.#stores.set(store, content);
    }
    return content;
  }

  #store(id: number, offset: number, byte: number): number {
    const key = this.#keys[id] ?? '';
    const cell = `${offset}=`;
    const cells = key.split(',').filter((other) => other !== '' && !other.startsWith(cell));
    const filler = cells.find((other) => other.startsWith('*='));
    if (byte !== Number(filler?.slice(2) ?? 0)) cells.push(`${cell}${byte}`);
    return this.#intern(cells.sort().join(','));
  }

  #intern(key: string): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#keys.push(key) - 1;
    this.#ids.set(key, id);
    return id;
  }
}
