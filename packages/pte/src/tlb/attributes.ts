/*
 * What a TLB keeps of a leaf entry, as a bit mask: the answer of `Arch.tlbAttributes`.
 */

/** The walk ends in a translation; without it the entry is never cached. */
export const TLB_VALID: number = 1 << 0;
/** User space may read. */
export const TLB_READ: number = 1 << 1;
/** User space may write; on arm64 also where hardware still has to mark the entry dirty. */
export const TLB_WRITE: number = 1 << 2;
/** User space may execute. */
export const TLB_EXEC: number = 1 << 3;
/** Hardware has nothing to write back on a store: the entry is known to be dirty. */
export const TLB_DIRTY: number = 1 << 4;
/** The access flag is set. Entries without it are not cached. */
export const TLB_YOUNG: number = 1 << 5;

/** The permissions among the attributes. */
export const TLB_PERMISSIONS: number = TLB_READ | TLB_WRITE | TLB_EXEC;

/** Permissions as letters, e.g. `rw-`. */
export function permissionLetters(attributes: number): string {
  const letter = (mask: number, text: string): string => ((attributes & mask) === 0 ? '-' : text);
  return letter(TLB_READ, 'r') + letter(TLB_WRITE, 'w') + letter(TLB_EXEC, 'x');
}
