import { bitsOf } from '../testing.fixture.ts';

/** Entries of an anonymous private page without execution, by state; bits words. */
export const RW_DIRTY: number = bitsOf('0x8000000000000067');
export const RW_CLEAN: number = bitsOf('0x8000000000000027');
export const RO_DIRTY: number = bitsOf('0x8400000000000025');
export const RO_CLEAN: number = bitsOf('0x8000000000000025');
export const NONE: number = bitsOf('0x0000000000000120');
export const SOFT_DIRTY: number = bitsOf('0x800');
export const ACCESSED: number = bitsOf('0x20');
export const DIRTY: number = bitsOf('0x40');
export const SAVED_DIRTY: number = bitsOf('0x0400000000000000');
