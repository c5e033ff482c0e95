import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const CONFIG = '/proc/config.gz';

/** Choices of the kernel's build that show in page tables or in what /proc says of them. */
const OPTIONS: readonly string[] = [
  'CONFIG_PARAVIRT_XXL',
  'CONFIG_KSM',
  'CONFIG_TRANSPARENT_HUGEPAGE',
  'CONFIG_NO_PAGE_MAPCOUNT',
  'CONFIG_PAGE_MAPCOUNT',
  'CONFIG_MEM_SOFT_DIRTY',
  'CONFIG_HAVE_ARCH_USERFAULTFD_WP',
  'CONFIG_USERFAULTFD',
  'CONFIG_PTE_MARKER_UFFD_WP',
  'CONFIG_LRU_GEN',
  'CONFIG_LRU_GEN_ENABLED',
  'CONFIG_PAGE_TABLE_CHECK',
  'CONFIG_SHMEM',
  'CONFIG_SWAP',
];

/** The choices among the lines of a configuration; those that it does not set are `n`. */
export function parseConfig(text: string): Record<string, string> {
  const set = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)) {
    if (name !== undefined && value !== undefined) set.set(name, value);
  }
  return Object.fromEntries(OPTIONS.map((name) => [name, set.get(name) ?? 'n']));
}

/** The running kernel's configuration; nothing if it does not show it. */
export async function runningConfig(): Promise<Record<string, string>> {
  try {
    const bytes = await promisify(gunzip)(await readFile(CONFIG));
    return parseConfig(bytes.toString('utf8'));
  } catch {
    return {};
  }
}
