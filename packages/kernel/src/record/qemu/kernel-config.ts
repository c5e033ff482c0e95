/** Options that recordings name: those that decide what page tables look like or what can be traced. */
const RECORDED_OPTIONS: Readonly<Record<'amd64' | 'arm64', readonly string[]>> = {
  arm64: ['ARM64_4K_PAGES', 'ARM64_VA_BITS', 'ARM64_PA_BITS', 'ARM64_HW_AFDBM', 'ARM64_CONTPTE'],
  amd64: ['PARAVIRT_XXL', 'X86_5LEVEL', 'MEM_SOFT_DIRTY'],
};

const COMMON_OPTIONS: readonly string[] = [
  'KSM',
  'TRANSPARENT_HUGEPAGE',
  'HAVE_ARCH_USERFAULTFD_WP',
  'USERFAULTFD',
  'PTE_MARKER_UFFD_WP',
  'LRU_GEN_ENABLED',
  'PAGE_TABLE_CHECK',
  'FUNCTION_TRACER',
  'FUNCTION_PROFILER',
];

/** The part of a kernel's build configuration that recordings carry; `n` for what is not set. */
export function recordedConfig(
  config: string,
  debianArch: 'amd64' | 'arm64',
): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [, key, value] of config.matchAll(/^(CONFIG_\w+)=(.*)$/gm)) {
    if (key !== undefined && value !== undefined) values.set(key, value);
  }
  const names = [...RECORDED_OPTIONS[debianArch], ...COMMON_OPTIONS].map(
    (name) => `CONFIG_${name}`,
  );
  return Object.fromEntries(names.map((name) => [name, values.get(name) ?? 'n']));
}
