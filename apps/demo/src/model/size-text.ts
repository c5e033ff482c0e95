const KIB_PER_PAGE = 4;
const KIB_PER_MIB = 1024;

/** So many pages as an amount of memory: `64 KiB`, `4 MiB`. */
export function sizeText(pages: number): string {
  const kib = KIB_PER_PAGE * pages;
  const mib = kib / KIB_PER_MIB;
  return mib >= 1 && Number.isInteger(mib) ? `${mib} MiB` : `${kib} KiB`;
}
