import type { AddressSpace } from '../address-space.ts';
import { vmaWritable, type Vma } from './vma.ts';

/**
 * Makes an entry writable if its VMA allows writing: a forced write may have brought the page in.
 *
 * @kernel include/linux/mm.h maybe_mkwrite
 */
export function maybeMkwrite(mm: AddressSpace, vma: Vma, bits: number): number {
  return vmaWritable(vma) ? mm.system.arch.pteMkwrite(bits) : bits;
}
