import type { InstructionPrices } from './predict.ts';

/** Instructions of the loop of `invalidate_icache_by_line`: IC IVAU, add, compare, branch. */
const PER_LINE = 4;
/** Lines of 64 bytes in a page: CTR_EL0.IminLine of the recorded CPU model is 4, its CTR_EL0 0x8444c004. */
const LINES = 64;

/**
 * Prices that follow from the code and are not fitted.
 *
 * Pages that become executable: `caches_clean_inval_pou` has a loop over data cache lines and one over
 * instruction cache lines. The recorded CPU model says in CLIDR_EL1, 0x82000023, that no level needs
 * cleaning to the point of unification, from which `read_cpuid_effective_cachetype` takes it that data
 * caches need none: the first loop is left out. The fit families have one such call on each kernel, and
 * another task or an interrupt ran in its window.
 *
 * @kernel arch/arm64/mm/cache.S caches_clean_inval_pou_macro, arch/arm64/include/asm/assembler.h
 *   invalidate_icache_by_line, arch/arm64/include/asm/cache.h read_cpuid_effective_cachetype (6.12 .. 7.3)
 */
export const KNOWN_PRICES: InstructionPrices = { icacheSyncs: PER_LINE * LINES };
