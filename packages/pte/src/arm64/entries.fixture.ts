import { bitsOf } from '../testing.fixture.ts';

/** Entries of an anonymous private page, by state; bits words. */
export const RW_DIRTY: number = bitsOf('0x00e8000000000f43');
export const RW_CLEAN: number = bitsOf('0x0068000000000fc3');
export const RO_DIRTY: number = bitsOf('0x00e0000000000fc3');
export const RO_CLEAN: number = bitsOf('0x0060000000000fc3');
export const NONE_DIRTY: number = bitsOf('0x00e0000000000f82');
export const EXEC_RO: number = bitsOf('0x0020000000000fc3');
export const CONT: number = bitsOf('0x0010000000000000');
export const AF: number = bitsOf('0x0000000000000400');
export const SPECIAL: number = bitsOf('0x0100000000000000');
export const SW_DIRTY: number = bitsOf('0x0080000000000000');
export const RDONLY: number = bitsOf('0x80');
