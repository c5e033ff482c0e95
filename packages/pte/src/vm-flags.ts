/**
 * The four VMA flags that index the architecture's protection map, with the kernel's values.
 *
 * @kernel include/linux/mm.h VM_READ, VM_WRITE, VM_EXEC, VM_SHARED
 */
export const VM_READ = 0x1;
/** Pages may be written. See {@link VM_READ}. */
export const VM_WRITE = 0x2;
/** Pages may be executed. See {@link VM_READ}. */
export const VM_EXEC = 0x4;
/** Writes are shared with other mappings of the same object. See {@link VM_READ}. */
export const VM_SHARED = 0x8;
